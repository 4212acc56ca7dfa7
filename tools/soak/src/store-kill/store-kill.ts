import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, type Topic, text } from '@ftctl/sdk';
import { checkStore, type OpenStore, openStore, openStoreReader } from '@ftctl/store';
import { temporaryFolder } from '../places.ts';
import { seeded } from '../random.ts';
import { MAX_PROBLEMS, type Soak, type SoakOptions, type SoakReport } from '../soak.ts';
import { Reader, Writer } from './children.ts';
import { chained, LOG, PUBLISHER } from './protocol.ts';

const READERS = ['reader1', 'reader2'] as const;
/** Share of the writers that may die before their first commit. */
const EARLY_SHARE = 0.25;
/** Longest life of such a one, and of one that has committed. */
const LONGEST_EARLY_LIFE_MS = 400;
const LONGEST_LIFE_MS = 150;
const PROGRESS_KILLS = 50;

/**
 * A writer is killed with SIGKILL at random points, again and again, while
 * readers in other processes follow. After each kill the store is read as a
 * whole: every acknowledged commit is there, none in part, and nothing that a
 * reader has seen is gone or has changed.
 */
export const storeKill: Soak = {
  name: 'store-kill',
  summary: 'kills a writer at random points while others read',
  count: 1_000,
  unit: 'kills',
  run: (options) => new StoreKill(options).run(),
};

class StoreKill {
  readonly #options: SoakOptions;
  readonly #place = temporaryFolder();
  readonly #problems: string[] = [];
  readonly #random: () => number;
  readonly #readers: Reader[] = [];
  #auditor: OpenStore | undefined;
  #topic: Topic<string> | undefined;
  /** Of all records on disk after the last kill. */
  #seq = 0;
  #sum = 0;
  #acknowledged = 0;
  readonly #counts = {
    kills: 0,
    'kills before a first commit': 0,
    'commits acknowledged': 0,
    records: 0,
    'records kept that were not acknowledged': 0,
    'records read by others': 0,
  };

  constructor(options: SoakOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
  }

  async run(): Promise<SoakReport> {
    const { count, deadline, progress } = this.#options;
    try {
      for (let kill = 1; kill <= count && performance.now() < deadline; kill += 1) {
        await this.#life(kill);
        if (kill % PROGRESS_KILLS === 0) progress(`${kill} of ${count} kills`);
        if (this.#problems.length >= MAX_PROBLEMS) break;
      }
      return { counts: this.#counts, problems: this.#problems };
    } finally {
      for (const reader of this.#readers) reader.end();
      await this.#auditor?.close();
      this.#place.remove();
    }
  }

  async #life(life: number): Promise<void> {
    const writer = new Writer(this.#store(PUBLISHER), this.#sockets, life);
    if (this.#topic === undefined) {
      await writer.begun();
      await this.#startReaders();
    }
    if (this.#random() < EARLY_SHARE) {
      await sleep(this.#random() * LONGEST_EARLY_LIFE_MS);
    } else {
      await writer.begun();
      await sleep(this.#random() * LONGEST_LIFE_MS);
    }
    await writer.kill();
    this.#counts.kills += 1;
    this.#counts['commits acknowledged'] += writer.acknowledgements;
    if (writer.acknowledgements === 0) this.#counts['kills before a first commit'] += 1;
    if (writer.errors !== '') this.#broken(life, `the writer said: ${writer.errors.trim()}`);
    this.#acknowledged = Math.max(this.#acknowledged, writer.acknowledged);
    try {
      await this.#audit(life);
    } catch (error) {
      this.#broken(life, `the store could not be read: ${describeError(error)}`);
    }
  }

  async #startReaders(): Promise<void> {
    const place = { path: this.#store('auditor'), sockets: this.#sockets, plugin: 'auditor' };
    this.#auditor = await openStore(place);
    this.#topic = await this.#auditor.topic(PUBLISHER, LOG, text);
    for (const id of READERS) {
      const reader = new Reader(this.#store(id), this.#sockets, id);
      this.#readers.push(reader);
      await reader.answered();
    }
  }

  async #audit(life: number): Promise<void> {
    const path = this.#store(PUBLISHER);
    const check = await checkStore({ path });
    for (const { what, why } of check.damage) this.#broken(life, `${what} is damaged: ${why}`);
    this.#compareParts(life, path);
    const sums = this.#readNew(life);
    await Promise.all(this.#readers.map((reader) => reader.ask()));
    for (const reader of this.#readers) this.#compareSeen(life, reader, sums);
    // Lets the next writer trim; settles when it has.
    void this.#topic?.report(this.#seq).catch(() => undefined);
  }

  /** The commit's parts in a table and a counter have to be those of the last record. */
  #compareParts(life: number, path: string): void {
    const reader = openStoreReader({ path });
    try {
      const { last } = reader.log(LOG, { codec: text, limitBytes: 1, overflow: 'refuse' }).bounds();
      const parts = [
        Number(reader.table('state', text).get('last') ?? 0),
        reader.counters('marks').mark('last'),
      ];
      if (parts.some((part) => part !== last)) {
        this.#broken(life, `a commit is there in part: log ${last}, table and counter ${parts}`);
      }
      if (last < this.#acknowledged) {
        this.#broken(life, `lost: ${this.#acknowledged} was acknowledged, the log ends at ${last}`);
      }
      const kept = last - Math.max(this.#acknowledged, this.#seq);
      this.#counts['records kept that were not acknowledged'] += Math.max(0, kept);
    } finally {
      reader.close();
    }
  }

  /** Sums by record, of what came since the last kill. */
  #readNew(life: number): Map<number, number> {
    const sums = new Map([[this.#seq, this.#sum]]);
    for (;;) {
      const entries = this.#topic?.read(this.#seq) ?? [];
      if (entries.length === 0) return sums;
      for (const { seq, value } of entries) {
        if (seq !== this.#seq + 1 || !value.includes(` record ${seq} `)) {
          this.#broken(life, `record ${seq} stands where ${this.#seq + 1} should`);
        }
        this.#sum = chained(this.#sum, seq, value);
        this.#seq = seq;
        this.#counts.records += 1;
        sums.set(seq, this.#sum);
      }
    }
  }

  #compareSeen(life: number, reader: Reader, sums: ReadonlyMap<number, number>): void {
    if (reader.failure !== undefined) this.#broken(life, reader.failure);
    const { told } = reader;
    for (const { seq, sum } of told) {
      if (sums.get(seq) !== sum) {
        this.#broken(life, `${reader.id} saw other records up to ${seq} than are on disk`);
      }
    }
    const last = told.at(-1);
    if (last === undefined) return;
    if (last.seq !== this.#seq) this.#broken(life, `${reader.id} has only come to ${last.seq}`);
    this.#counts['records read by others'] += last.seq - (told[0]?.seq ?? 0);
    told.length = 0;
    told.push(last);
  }

  #broken(life: number, what: string): void {
    this.#problems.push(`kill ${life}: ${what}`);
  }

  #store(plugin: string): string {
    return join(this.#place.folder, 'store', plugin);
  }

  get #sockets(): string {
    return join(this.#place.folder, 's');
  }
}
