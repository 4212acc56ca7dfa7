import { hashOf } from '@ftctl/plan/check';
import { NETWORK, type SourceRecord } from '@ftctl/plan/source';
import { describeError, type PluginContext, type Timer } from '@ftctl/sdk';
import type { CopyKey, MirrorDatabase } from './database.ts';
import { mirrorMessages } from './messages.ts';
import type { Source } from './source.ts';

/** A check in which nothing more comes for so long, while the mirror follows, is given up. */
const STALLED_MS = 90_000;
/** Of what differs, so many are named. */
const MAX_NAMED = 1_000;

type Hashed = Extract<SourceRecord, { readonly r: 'check' }>;
type Ended = Extract<SourceRecord, { readonly r: 'checked' }>;

export interface CheckStatus {
  /** `asked` until the mirror follows the plan. */
  readonly state: 'asked' | 'comparing' | 'equal' | 'different' | 'failed';
  readonly why?: string;
  /** Streams in the plan, as far as it is known. */
  readonly streams: number;
  readonly compared: number;
  /** Streams that differ; an empty text is what belongs to no stream. Not more than 1,000. */
  readonly different: readonly string[];
}

type Told = (status: CheckStatus) => void;

const ASKED: CheckStatus = { state: 'asked', streams: 0, compared: 0, different: [] };

/**
 * Compares the database with the plan: the scheduler writes into the mirrorbox
 * what each stream hashes to at that position, and the lane that comes to it
 * looks at its rows. Begins again after a copy, which makes the old hashes void.
 */
export class Checking {
  readonly #ctx: PluginContext<unknown>;
  readonly #source: Source;
  readonly #database: MirrorDatabase;
  #id = 0;
  #status: CheckStatus | undefined;
  readonly #compared = new Set<string>();
  #different: string[] = [];
  #stalled: Timer | undefined;
  /** Who asked for the check that is under way. */
  #waiting: Told[] = [];
  /** Who asked after it had begun. */
  readonly #after: Told[] = [];

  constructor(ctx: PluginContext<unknown>, source: Source, database: MirrorDatabase) {
    this.#ctx = ctx;
    this.#source = source;
    this.#database = database;
  }

  /** The newest check. */
  get status(): CheckStatus | undefined {
    return this.#status;
  }

  /** Asks for a check that begins from now on: one that is under way may be past what its asker has in mind. */
  ask(): Promise<CheckStatus> {
    return new Promise((resolve) => {
      if (this.#status?.state === 'comparing') {
        this.#after.push(resolve);
        return;
      }
      this.#waiting.push(resolve);
      this.#set(ASKED);
    });
  }

  stop(): void {
    this.#stalled?.cancel();
    if (!this.#isUnderWay) return;
    this.#waiting.push(...this.#after.splice(0));
    this.#fail('the mirror stops');
  }

  /** The mirror follows the plan: a check that was asked for can begin. */
  async begin(): Promise<void> {
    if (this.#status?.state !== 'asked') return;
    // By the clock, so that records of a life before this one are not taken for ours.
    this.#id = Math.max(this.#id + 1, Math.trunc(this.#ctx.clock.now()));
    this.#compared.clear();
    this.#different = [];
    this.#set({ state: 'comparing', streams: 0, compared: 0, different: [] });
    this.#watch();
    try {
      const { streams } = await this.#source.check(this.#id);
      this.#progress(streams);
    } catch (error) {
      this.#fail(describeError(error));
    }
  }

  /** A copy is taken: what was hashed before it comes no more. */
  restart(): void {
    this.#stalled?.cancel();
    if (!this.#isUnderWay) return;
    this.#waiting.push(...this.#after.splice(0));
    this.#set(ASKED);
  }

  /** The lane of a stream has come to its hash. @throws FtError of the database */
  async compare(key: CopyKey, { check, stream, hash }: Hashed): Promise<void> {
    if (!this.#isOf(check)) return;
    const facets = await this.#database.facets(key, stream === NETWORK ? undefined : stream);
    if (!this.#isOf(check)) return;
    this.#compared.add(stream);
    if (hashOf(facets) !== hash) this.#different.push(stream);
    this.#progress(this.#status?.streams ?? 0);
    this.#watch();
  }

  /** All lanes have come to the end of the check. @throws FtError of the database */
  async end(key: CopyKey, { check, streams, jobs }: Ended): Promise<void> {
    if (!this.#isOf(check)) return;
    const ids = await this.#database.streamIds(key);
    const plan = await this.#database.reader.overview();
    if (!this.#isOf(check)) return;
    this.#stalled?.cancel();
    // Streams that came while it went on are here and were not compared: so many, and no more.
    const found = Object.values(plan?.jobs ?? {}).reduce((sum, count) => sum + count, 0);
    if (ids.length !== streams) {
      this.#different.push(...ids.filter((id) => !this.#compared.has(id)));
    }
    const isEqual = this.#different.length === 0 && ids.length === streams && found === jobs;
    const why = isEqual
      ? undefined
      : `the plan has ${streams} streams and ${jobs} jobs, the database ${ids.length} and ${found}`;
    this.#over({
      state: isEqual ? 'equal' : 'different',
      streams,
      compared: this.#compared.size,
      different: this.#different.slice(0, MAX_NAMED),
      ...(why === undefined ? {} : { why }),
    });
  }

  get #isUnderWay(): boolean {
    return this.#status?.state === 'asked' || this.#status?.state === 'comparing';
  }

  #isOf(check: number): boolean {
    return check === this.#id && this.#status?.state === 'comparing';
  }

  #progress(streams: number): void {
    const different = this.#different.slice(0, MAX_NAMED);
    this.#set({ state: 'comparing', streams, compared: this.#compared.size, different });
  }

  #watch(): void {
    this.#stalled?.cancel();
    this.#stalled = this.#ctx.clock.setTimer(STALLED_MS, () =>
      this.#fail(`nothing came for ${STALLED_MS / 1_000} s`),
    );
  }

  #fail(why: string): void {
    this.#stalled?.cancel();
    const { streams = 0, compared = 0, different = [] } = this.#status ?? {};
    this.#over({ state: 'failed', streams, compared, different, why });
  }

  #over(status: CheckStatus): void {
    this.#set(status);
    const { state, streams, different, why = '' } = status;
    const { messages } = this.#ctx;
    if (state === 'equal') messages.emit(mirrorMessages.FTPM006I({ streams }));
    else if (state === 'failed') messages.emit(mirrorMessages.FTPM008W({ why }));
    else messages.emit(mirrorMessages.FTPM007W({ count: different.length, streams, why }));
    for (const tell of this.#waiting) tell(status);
    this.#waiting = this.#after.splice(0);
    if (this.#waiting.length > 0) this.#set(ASKED);
  }

  #set(status: CheckStatus): void {
    this.#status = status;
  }
}
