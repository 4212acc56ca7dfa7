import { type JobPart, type Part, Plan, type PlanEvent, partCodec } from '@ftctl/plan';
import { hashOf } from '@ftctl/plan/check';
import {
  changesOfPart,
  MIRRORBOX,
  NETWORK,
  PLAN_SOURCE,
  type SinfoniaHead,
  type SourceEvent,
  type SourceRecord,
  sourceCheck,
  sourceRecordCodec,
  sourceRelease,
  sourceSinfonia,
  sourceSnapshot,
  sourceStatus,
} from '@ftctl/plan/source';
import {
  answers,
  type Capability,
  type CapabilityAnswer,
  definePlugin,
  json,
  type Log,
  type Plugin,
  type PluginContext,
  sleep,
  type Table,
  type Transaction,
} from '@ftctl/sdk';
import type { SeededRandom } from '@ftctl/sim';

export const SCHEDULER = 'scheduler';
export const OFFER: Capability = {
  name: PLAN_SOURCE.split('@')[0] ?? '',
  version: 1,
  features: [],
  provider: SCHEDULER,
};

const STEP_MS = 40;
const NOBODY = { ws: '', inc: 0, nonce: '', id: 0 };
const STATES = ['READY', 'INTRO', 'EXEC', 'SUCC', 'ABEND'] as const;

/** What a scheduler keeps beside its plan. */
interface Row {
  readonly run: number;
  readonly epoch: number;
  readonly syncid: number;
  readonly whole: boolean;
  /** Jobs that were added; names of the next ones. */
  readonly added: number;
}

/** Copies that stand on the disks of a network, by host and syncid. */
export type Copies = Map<string, { readonly head: SinfoniaHead; readonly parts: readonly Part[] }>;

/** Who is the master, and by which epoch: moved by the simulation. */
export interface Role {
  host: string;
  epoch: number;
  /** No more changes: everything comes to rest. */
  quiet: boolean;
}

export interface SchedulerOptions {
  readonly role: Role;
  readonly copies: Copies;
  readonly random: SeededRandom;
  readonly mirrorboxBytes: number;
}

/** The least that is a source of a plan: its jobs go through their states, new ones come, new plans are made. */
export function scheduler(options: SchedulerOptions): Plugin {
  return definePlugin({
    setup(ctx) {
      const source = new ScriptedSource(ctx, options);
      return {
        start: () => source.start(),
        stop: () => source.stop(),
        health: () => ({ state: 'ok' }),
        answers: source.answers(),
      };
    },
  });
}

/** The plan of a scheduler as it stands on its disk. */
export function planOnDisk(parts: Iterable<readonly [string, Uint8Array]>): Plan {
  const plan = new Plan();
  for (const [, bytes] of parts) plan.restore(partCodec.decode(bytes));
  return plan;
}

class ScriptedSource {
  readonly #ctx: PluginContext<unknown>;
  readonly #options: SchedulerOptions;
  readonly #plan = new Plan();
  readonly #log: Log<SourceRecord>;
  readonly #parts: Table<Part>;
  readonly #rows: Table<Row>;
  #row: Row = { run: 0, epoch: 0, syncid: 0, whole: false, added: 0 };
  #copy: number | undefined;
  #checked = 0;
  #stopped = false;

  constructor(ctx: PluginContext<unknown>, options: SchedulerOptions) {
    this.#ctx = ctx;
    this.#options = options;
    this.#log = ctx.store.log(MIRRORBOX, {
      codec: sourceRecordCodec,
      limitBytes: options.mirrorboxBytes * 4,
      overflow: 'overwrite',
      topic: true,
    });
    this.#parts = ctx.store.table('Symphony', partCodec);
    this.#rows = ctx.store.table(
      'row',
      json('a row', (value) => value as Row),
    );
  }

  start(): void {
    for (const [, part] of this.#parts.entries()) this.#plan.restore(part);
    this.#row = this.#rows.get('this') ?? this.#row;
    // What a life before this one has left behind.
    this.#copyOf(0);
    this.#work();
  }

  stop(): void {
    this.#stopped = true;
  }

  answers(): readonly CapabilityAnswer[] {
    return [
      answers(sourceStatus, () => ({
        workstation: this.#ctx.host.name.toUpperCase(),
        master: this.#isMaster,
        epoch: this.#options.role.epoch,
        run: this.#row.run,
        syncid: this.#row.syncid,
        whole: this.#row.whole && this.#row.epoch === this.#options.role.epoch,
      })),
      answers(sourceSnapshot, ({ atLeast }) => this.#snapshot(atLeast)),
      answers(sourceSinfonia, ({ syncid }) => {
        const path = `${this.#ctx.host.name}/${syncid}`;
        const copy = this.#copy === syncid ? this.#options.copies.get(path) : undefined;
        const parts = copy?.parts.length ?? 0;
        if (copy === undefined) return { state: 'absent', parts, written: 0, bytes: 0 };
        return { state: 'ready', parts, written: parts, bytes: parts, path };
      }),
      answers(sourceCheck, ({ check }) => this.#check(check)),
      answers(sourceRelease, ({ syncid }) => {
        if (this.#copy === syncid) this.#copyOf(0);
        return {};
      }),
    ];
  }

  get #isMaster(): boolean {
    return this.#options.role.host === this.#ctx.host.name;
  }

  async #snapshot(atLeast: number): Promise<{ syncid: number; epoch: number; seq: number }> {
    const { role, copies } = this.#options;
    if (!this.#isMaster || this.#row.run === 0) throw new Error('no plan to mirror here');
    const { epoch } = role;
    const syncid = Math.max(this.#row.syncid, atLeast) + 1;
    const parts = [...this.#plan.parts()];
    const seq = await this.#ctx.store.commit((tx) => {
      this.#set(tx, { ...this.#row, epoch, syncid, whole: true });
      tx.trim(this.#log, tx.bounds(this.#log).last);
      return tx.append(this.#log, { r: 'snapshot', syncid, epoch });
    });
    this.#copyOf(syncid);
    const head: SinfoniaHead = {
      sinfonia: 1,
      syncid,
      epoch,
      plan: { epoch, run: this.#row.run },
      madeAtMs: 0,
      takenAtMs: this.#ctx.clock.now(),
      parts: parts.length,
      domains: [],
      workstations: [],
    };
    copies.set(`${this.#ctx.host.name}/${syncid}`, { head, parts });
    return { syncid, epoch, seq };
  }

  #check(check: number): { readonly streams: number } {
    const streams = this.#of('stream').map(({ id }) => id);
    this.#checked = check;
    this.#writeCheck(check, [...streams, NETWORK]).catch(() => undefined);
    return { streams: streams.length };
  }

  /** As tws-switch does it: not more at once than there is room for. */
  async #writeCheck(check: number, streams: readonly string[]): Promise<void> {
    const { mirrorboxBytes } = this.#options;
    for (const stream of streams) {
      while (this.#log.bounds().bytes > mirrorboxBytes / 2) await sleep(this.#ctx.clock, STEP_MS);
      if (this.#stopped || this.#checked !== check) return;
      await this.#ctx.store.commit((tx) => {
        const parts = [...this.#plan.parts()].filter((part) =>
          part.kind === 'job' ? part.def?.stream === stream : part.id === stream,
        );
        if (parts.length === 0 && stream !== NETWORK) return;
        const hash = hashOf(parts.flatMap((part) => changesOfPart(part)));
        this.#record(tx, { r: 'check', check, stream, hash });
        if (stream !== NETWORK) return;
        const [count, jobs] = [this.#of('stream').length, this.#of('job').length];
        this.#record(tx, { r: 'checked', check, streams: count, jobs });
      });
    }
  }

  #of(kind: Part['kind']): readonly Part[] {
    return [...this.#plan.parts()].filter((part) => part.kind === kind);
  }

  /** One copy at a time: those before it are removed. */
  #copyOf(syncid: number): void {
    const { copies } = this.#options;
    const { name } = this.#ctx.host;
    for (const path of [...copies.keys()]) if (path.startsWith(`${name}/`)) copies.delete(path);
    this.#copy = syncid;
  }

  #work(): void {
    if (this.#stopped) return;
    const { random, role } = this.#options;
    this.#ctx.clock.setTimer(random.between(0, 2 * STEP_MS), () => this.#work());
    if (!this.#isMaster || role.quiet) return;
    this.#ctx.store
      .commit((tx) => {
        if (this.#row.run === 0 || random.chance(0.005)) this.#newPlan(tx);
        else for (let n = random.int(6); n > 0; n -= 1) this.#change(tx);
      })
      .catch(() => {
        // Memory is ahead of the disk: a new life begins from it.
        this.#ctx.clock.setTimer(0, () => {
          throw new Error('cannot store');
        });
      });
  }

  #change(tx: Transaction): void {
    const { random } = this.#options;
    const jobs = [...this.#plan.parts()].filter((part): part is JobPart => part.kind === 'job');
    const job = random.pick(jobs);
    if (job === undefined || random.chance(0.1)) this.#add(tx, random.chance(0.3) ? 3 : 1);
    else if (random.chance(0.03)) this.#remove(tx, job);
    else {
      const { v = { era: this.#options.role.epoch + 1, n: 0 }, attempt = 0 } = job.s ?? {};
      const state = random.pick(STATES);
      const s = { v: { era: v.era, n: v.n + 1 }, state, attempt: attempt + 1, priority: 10 };
      this.#apply(tx, { k: 'job', id: job.id, s });
    }
  }

  /** New streams with a job each: of several lanes when there are several. */
  #add(tx: Transaction, count: number): void {
    const first = this.#row.added;
    this.#set(tx, { ...this.#row, added: first + count });
    const ids = Array.from({ length: count }, (_, n) => `M#S${first + n}.${this.#row.run}`);
    const base = { ws: 'M', follows: [], priority: 10, prompts: [] };
    this.#apply(tx, {
      k: 'add',
      streams: ids.map((id) => ({ ...base, id, name: 'S', jobs: [`${id}.J`] })),
      jobs: ids.map((id) => ({
        ...base,
        id: `${id}.J`,
        stream: id,
        name: 'J',
        command: 'true',
        recovery: 'stop',
      })),
      prompts: [],
    });
  }

  #remove(tx: Transaction, { id }: JobPart): void {
    this.#plan.remove(`job/${id}`);
    tx.delete(this.#parts, `job/${id}`);
    this.#record(tx, { r: 'gone', key: `job/${id}` });
  }

  #newPlan(tx: Transaction): void {
    for (const part of [...this.#plan.parts()]) {
      this.#plan.remove(`${part.kind}/${part.id}`);
      tx.delete(this.#parts, `${part.kind}/${part.id}`);
    }
    this.#set(tx, { ...this.#row, run: this.#row.run + 1, whole: false });
    this.#add(tx, 20);
    tx.trim(this.#log, tx.bounds(this.#log).last);
    tx.append(this.#log, { r: 'resync', why: 'new-symphony' });
  }

  #apply(tx: Transaction, event: SourceEvent): void {
    for (const key of this.#plan.apply(event as PlanEvent, NOBODY)) {
      const part = this.#plan.part(key);
      if (part !== undefined) tx.put(this.#parts, key, part);
    }
    this.#record(tx, { r: 'event', ms: this.#ctx.clock.now(), e: event });
  }

  /** As tws-switch does it: a log that is full, or has a hole, ends in one note. */
  #record(tx: Transaction, record: SourceRecord): void {
    if (!this.#row.whole || this.#row.epoch !== this.#options.role.epoch) return;
    if (tx.bounds(this.#log).bytes <= this.#options.mirrorboxBytes) {
      tx.append(this.#log, record);
      return;
    }
    this.#set(tx, { ...this.#row, whole: false });
    tx.trim(this.#log, tx.bounds(this.#log).last);
    tx.append(this.#log, { r: 'resync', why: 'full' });
  }

  #set(tx: Transaction, row: Row): void {
    this.#row = row;
    tx.put(this.#rows, 'this', row);
  }
}
