import type { SourceRecord } from '@ftctl/plan/source';
import type { PluginContext, Topic } from '@ftctl/sdk';
import type { Config } from './config.ts';
import { Backoff } from './core/backoff.ts';
import { type CopyReason, type LanePosition, REASONS } from './core/resume.ts';
import type { MirrorDatabase } from './database.ts';
import type { MirrorIo } from './io/io.ts';
import { type CopyTimes, Loading, type LoadProgress } from './loading.ts';
import { mirrorMessages } from './messages.ts';
import type { Source } from './source.ts';

export interface CopyingHooks {
  readonly source: Source;
  readonly database: MirrorDatabase;
  enter(phase: 'waiting' | 'copying', why: string): void;
  /** Until `until` holds when something happens, or for the given time. */
  sleep(ms: number, until: () => boolean): Promise<void>;
  isStopped(): boolean;
}

/** Takes copies of the plan: when one is needed, and not too many in a row. */
export class Copying {
  readonly #ctx: PluginContext<unknown>;
  readonly #config: Config;
  readonly #hooks: CopyingHooks;
  readonly #loading: Loading;
  readonly #backoff = new Backoff();
  #taken: string | undefined;
  #took: CopyTimes | undefined;
  #copies = 0;
  #isAsked = false;

  constructor(ctx: PluginContext<unknown>, config: Config, io: MirrorIo, hooks: CopyingHooks) {
    this.#ctx = ctx;
    this.#config = config;
    this.#hooks = hooks;
    this.#loading = new Loading(ctx, io, hooks.source, hooks.database);
  }

  /** Why the newest copy was taken, in words. */
  get taken(): string | undefined {
    return this.#taken;
  }

  get took(): CopyTimes | undefined {
    return this.#took;
  }

  /** Copies that were loaded in this life. */
  get copies(): number {
    return this.#copies;
  }

  get progress(): LoadProgress | undefined {
    return this.#loading.progress;
  }

  /** An operator wants one that was not taken yet. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  ask(): void {
    this.#isAsked = true;
    this.#backoff.forgive();
  }

  /**
   * @returns the run of the plan that is shown now; undefined when the mirror stops
   * @throws FtError of the source or the database, FT_MIRROR_COPY_FAILED
   */
  async take(topic: Topic<SourceRecord>, why: CopyReason): Promise<number | undefined> {
    const { clock } = this.#ctx;
    const { source, enter, isStopped } = this.#hooks;
    const { epoch, run } = await source.status();
    const plan = `${epoch}/${run}`;
    await this.#wait(plan, why);
    if (isStopped()) return undefined;
    this.#isAsked = false;
    const beganMs = clock.monotonic();
    this.#backoff.taken(beganMs, plan);
    enter('copying', REASONS[why]);
    const { key, head, seq, took } = await this.#loading.load(isStopped);
    const lanes = Array.from({ length: this.#config.lanes + 1 }, (_, lane): LanePosition => {
      return { lane, incarnation: topic.incarnation(), seq };
    });
    await this.#hooks.database.show(key, head, lanes);
    this.#copies += 1;
    this.#taken = REASONS[why];
    this.#took = took;
    this.#ctx.messages.emit(
      mirrorMessages.FTPM001I({
        syncid: key.syncid,
        run: head.plan.run,
        parts: head.parts,
        seconds: ((clock.monotonic() - beganMs) / 1_000).toFixed(1),
        why: REASONS[why],
      }),
    );
    return head.plan.run;
  }

  async #wait(plan: string, why: CopyReason): Promise<void> {
    const waitMs = this.#backoff.wait(this.#ctx.clock.monotonic(), plan);
    if (waitMs <= 0) return;
    const seconds = Math.ceil(waitMs / 1_000);
    this.#ctx.messages.emit(mirrorMessages.FTPM004W({ why: REASONS[why], seconds }));
    this.#hooks.enter('waiting', REASONS[why]);
    await this.#hooks.sleep(waitMs, () => this.#isAsked);
  }
}
