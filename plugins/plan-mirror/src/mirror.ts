import type { SourceRecord, SourceStatus } from '@ftctl/plan/source';
import {
  describeError,
  type Health,
  isFtError,
  type PluginContext,
  type Timer,
  type Topic,
} from '@ftctl/sdk';
import { Absence } from './absence.ts';
import { Checking } from './checking.ts';
import type { Config } from './config.ts';
import { Copying } from './copying.ts';
import { type CopyReason, type LanePosition, whyCopy } from './core/resume.ts';
import type { CopyKey, MirrorDatabase } from './database.ts';
import { Following, type LaneStatus, PAGE_RECORDS } from './following.ts';
import type { MirrorIo } from './io/io.ts';
import type { CopyTimes, LoadProgress } from './loading.ts';
import { mirrorMessages } from './messages.ts';
import { MirrorMetrics } from './mirror-metrics.ts';
import { Reading } from './reading.ts';
import { Source } from './source.ts';
import { Waking } from './waking.ts';

/** Between two looks when there is nothing to do, or nobody to ask. */
const LOOK_MS = 250;
/** What is said meanwhile is written together: many small transactions would take time and disk from the scheduler. */
const GATHER_MS = 200;
/** How often the source is asked whether this host is the master still. */
const STATUS_MS = 1_000;
/** Before the database or the source is tried again that failed. */
const RETRY_MS = 1_000;
const METRICS_MS = 1_000;
/** Between two looks for rows that nobody sees any more. */
const SWEEP_MS = 5_000;
const DAY_MS = 86_400_000;

export type Phase =
  | 'starting'
  /** This host is not the master, or has no plan yet. */
  | 'idle'
  /** Before the next copy. */
  | 'waiting'
  | 'copying'
  | 'following'
  /** The database or the scheduler cannot be reached. */
  | 'away'
  | 'superseded'
  | 'stopped';

export interface MirrorStatus {
  readonly phase: Phase;
  /** Why it does not follow, in words. */
  readonly why?: string;
  readonly database: string;
  readonly copy?: CopyKey;
  /** Why the newest copy was taken. */
  readonly taken?: string;
  readonly took?: CopyTimes;
  readonly copies: number;
  readonly progress?: LoadProgress;
  readonly lanes: readonly LaneStatus[];
  readonly lagMs: number;
  /** Grows with whatever is applied. */
  readonly applied: number;
}

/** Follows the plan of this host's scheduler into a database, for as long as the plugin runs. */
export class Mirror {
  readonly database: MirrorDatabase;
  readonly checking: Checking;
  readonly reading: Reading;
  readonly #ctx: PluginContext<unknown>;
  readonly #config: Config;
  readonly #source: Source;
  readonly #copying: Copying;
  readonly #waking: Waking;
  readonly #absence: Absence;
  readonly #standBack: () => void;
  #following: Following | undefined;
  #phase: Phase = 'starting';
  #why: string | undefined;
  #copy: CopyKey | undefined;
  #running: Promise<void> = Promise.resolve();
  #sweepMs = 0;
  /** The last plan that was compared of itself. */
  #checkedRun: number | undefined;
  #metricsTimer: Timer | undefined;
  #stopped = false;

  constructor(ctx: PluginContext<unknown>, config: Config, io: MirrorIo) {
    this.#ctx = ctx;
    this.#config = config;
    this.database = io.database(ctx, config);
    this.#standBack = io.standBack;
    this.#source = new Source(ctx);
    this.#waking = new Waking(ctx.clock);
    this.#absence = new Absence(ctx);
    this.checking = new Checking(ctx, this.#source, this.database);
    this.reading = new Reading(ctx, this, config.database.kind === 'postgres');
    this.#copying = new Copying(ctx, config, io, {
      source: this.#source,
      database: this.database,
      enter: (phase, why) => this.#enter(phase, why),
      sleep: (ms, until) => this.#waking.sleep(ms, until),
      isStopped: () => this.#stopped,
    });
  }

  start(): void {
    this.#standBack();
    this.#measure(new MirrorMetrics(this.#ctx.metrics));
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#metricsTimer?.cancel();
    this.checking.stop();
    this.reading.stop();
    this.#waking.stop();
    await this.#running;
    await this.database.close();
    this.#phase = 'stopped';
  }

  health(): Health {
    const why = this.#why === undefined ? {} : { reason: this.#why };
    if (this.#phase === 'away' || this.#phase === 'superseded') {
      return { state: 'degraded', ...why };
    }
    return { state: 'ok', details: { phase: this.#phase, ...why } };
  }

  status(): MirrorStatus {
    const { progress, taken, took, copies } = this.#copying;
    return {
      phase: this.#phase,
      ...(this.#why === undefined ? {} : { why: this.#why }),
      database: this.database.name,
      ...(this.#copy === undefined ? {} : { copy: this.#copy }),
      ...(taken === undefined ? {} : { taken }),
      ...(took === undefined ? {} : { took }),
      copies,
      ...(progress === undefined ? {} : { progress }),
      lanes: this.#following?.status() ?? [],
      lagMs: this.#following?.lagMs() ?? 0,
      applied: this.#following?.applied ?? 0,
    };
  }

  /** Takes a copy as soon as may be, without waiting for those before it. */
  resync(): void {
    this.#copying.ask();
    this.#waking.wake();
  }

  /** There is something to do. */
  wake(): void {
    this.#waking.wake();
  }

  async #run(): Promise<void> {
    let isOpen = false;
    while (!this.#stopped) {
      try {
        if (!isOpen) await this.database.open();
        isOpen = true;
        this.#absence.back();
        await this.#session();
      } catch (error) {
        if (!isFtError(error)) this.#ctx.log.error('the mirror begins anew', { error });
        const why = describeError(error);
        this.#enter('away', why);
        this.#absence.failed(error, why);
        // A connection that has failed once is not used again.
        if (isFtError(error, 'FT_MIRROR_DATABASE')) {
          await this.database.close().catch(() => undefined);
          isOpen = false;
        }
      }
      this.#following = undefined;
      if (!this.#stopped) await this.#waking.sleep(RETRY_MS);
    }
  }

  /** With one topic, until something fails or the mirror stops. */
  async #session(): Promise<void> {
    const topic = await this.#source.open();
    const stopListening = topic.onAppend(() => this.#waking.wake());
    try {
      while (!this.#stopped) await this.#round(topic);
    } finally {
      stopListening();
      topic.close();
    }
  }

  /** From where the database is, or from a new copy, on. */
  async #round(topic: Topic<SourceRecord>): Promise<void> {
    const status = await this.#source.status();
    if (!status.master || status.run === 0) {
      this.#enter('idle', idleReason(status));
      await this.#waking.sleep(STATUS_MS);
      return;
    }
    const { shown, claimed } = await this.database.state();
    if (claimed !== undefined && claimed.epoch > status.epoch) {
      await this.#superseded(claimed.epoch, status.epoch);
      return;
    }
    const log = { incarnation: topic.incarnation(), last: topic.bounds().last };
    const why = this.#copying.isAsked ? 'by-hand' : whyCopy(shown, status, log, this.#config.lanes);
    if (why !== undefined) {
      await this.#take(topic, why);
      return;
    }
    if (shown === undefined) return;
    const key = { epoch: shown.epoch, syncid: shown.syncid };
    await this.#follow(topic, key, shown.lanes);
  }

  async #take(topic: Topic<SourceRecord>, why: CopyReason): Promise<void> {
    const run = await this.#copying.take(topic, why);
    // As FINALPOSTREPORTS does it.
    if (this.#config.checkNewPlans && run !== undefined && run !== this.#checkedRun) {
      void this.checking.ask();
      this.#checkedRun = run;
    }
  }

  async #follow(
    topic: Topic<SourceRecord>,
    key: CopyKey,
    positions: readonly LanePosition[],
  ): Promise<void> {
    const following = new Following(this.#ctx, topic, this, key, positions);
    this.#following = following;
    this.#copy = key;
    // Who reads the copy before this one may end.
    this.#sweepMs = this.#ctx.clock.monotonic() + SWEEP_MS;
    // What was hashed for an earlier life of the lanes is not waited for.
    this.checking.restart();
    this.#enter('following');
    let askedMs = this.#ctx.clock.monotonic();
    while (!this.#stopped && !this.#copying.isAsked) {
      await this.checking.begin();
      const read = await following.step();
      if (typeof read === 'string') {
        this.#following = undefined;
        await this.#take(topic, read);
        return;
      }
      const nowMs = this.#ctx.clock.monotonic();
      if (nowMs - askedMs >= STATUS_MS) {
        askedMs = nowMs;
        const status = await this.#source.status();
        if (!status.master || status.epoch !== key.epoch) break;
      }
      if (read === PAGE_RECORDS) continue;
      const isMoreToSweep = await this.#sweep(key);
      if (read > 0) await this.#waking.sleep(GATHER_MS, () => this.#copying.isAsked);
      else if (!isMoreToSweep) await this.#waking.sleep(LOOK_MS);
    }
    this.#following = undefined;
  }

  /** The database is another master's now. */
  async #superseded(claimed: number, own: number): Promise<void> {
    const { name: database } = this.database;
    if (this.#phase !== 'superseded') {
      this.#ctx.messages.emit(mirrorMessages.FTPM005W({ database, claimed, own }));
    }
    this.#enter('superseded', `a master of epoch ${claimed} mirrors its plan there`);
    await this.#waking.sleep(STATUS_MS);
  }

  /** @returns whether there is more to delete */
  async #sweep(key: CopyKey): Promise<boolean> {
    const nowMs = this.#ctx.clock.monotonic();
    if (nowMs < this.#sweepMs) return false;
    const keepMs = this.#config.historyDays * DAY_MS;
    const isMore = (await this.database.sweep(key, this.#ctx.clock.now() - keepMs)) > 0;
    if (!isMore) this.#sweepMs = nowMs + SWEEP_MS;
    return isMore;
  }

  #measure(metrics: MirrorMetrics): void {
    metrics.set(this.status());
    this.#metricsTimer = this.#ctx.clock.setTimer(METRICS_MS, () => this.#measure(metrics));
  }

  #enter(phase: Phase, why?: string): void {
    this.#phase = phase;
    this.#why = why;
  }
}

function idleReason({ workstation, master }: SourceStatus): string {
  return master
    ? `${workstation} has no plan yet`
    : `${workstation} is not the master: its plan is mirrored where that is`;
}
