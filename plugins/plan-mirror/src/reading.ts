import { askReader, type PlanAnswer, type PlanQuestion } from '@ftctl/plan/queries';
import { describeError, isFtError, type PluginContext, sleep } from '@ftctl/sdk';
import { Counting } from './counting.ts';
import type { MirrorDatabase } from './database.ts';
import { mirrorErrors } from './errors.ts';
import { mirrorMessages } from './messages.ts';
import type { MirrorStatus } from './mirror.ts';
import { askSymphony } from './symphony.ts';

/** A database that has not answered a reader by then is left alone for a while. */
const ANSWER_WITHIN_MS = 3_000;
const ALONE_MS = 5_000;
/** A mirror that is further behind is not shown. */
const MAX_LAG_MS = 30_000;

export type ReadFrom = 'mirror' | 'symphony';

export interface Read {
  readonly from: ReadFrom;
  /** Why not from the mirror. */
  readonly why?: string;
  readonly answer: PlanAnswer;
}

export interface MirrorView {
  readonly database: MirrorDatabase;
  status(): Pick<MirrorStatus, 'phase' | 'why' | 'lagMs' | 'copy' | 'applied'>;
}

/**
 * Answers readers from the database; while that is away, or does not have the
 * plan yet, from Symphony, and from the database again when it is back.
 */
export class Reading {
  readonly #ctx: PluginContext<unknown>;
  readonly #mirror: MirrorView;
  /** All hosts of the network read the same database. */
  readonly #isShared: boolean;
  readonly #counting: Counting;
  #alone: { readonly untilMs: number; readonly why: string } | undefined;
  #from: ReadFrom = 'mirror';

  constructor(ctx: PluginContext<unknown>, mirror: MirrorView, isShared: boolean) {
    this.#ctx = ctx;
    this.#mirror = mirror;
    this.#isShared = isShared;
    this.#counting = new Counting(ctx.clock, {
      count: () => mirror.database.reader.overview(),
      version: () => {
        const { copy, applied } = mirror.status();
        return { syncid: copy?.syncid ?? 0, applied };
      },
    });
  }

  stop(): void {
    this.#counting.stop();
  }

  /** Where readers are answered from at present, and why not from the mirror. */
  get source(): { readonly from: ReadFrom; readonly why?: string } {
    const why = this.#whyNot();
    return why === undefined ? { from: 'mirror' } : { from: 'symphony', why };
  }

  /**
   * @throws FtError FT_MIRROR_ARGUMENT for a question that makes no sense;
   *   FT_MIRROR_NOT_FOLLOWING when neither can answer
   */
  async ask(question: PlanQuestion): Promise<Read> {
    const why = this.#whyNot();
    if (why !== undefined) return await this.#fromSymphony(question, why);
    try {
      const answer = await this.#within(this.#fromMirror(question));
      this.#switched('mirror');
      return { from: 'mirror', answer };
    } catch (error) {
      if (!isFtError(error, 'FT_MIRROR_DATABASE')) throw error;
      const untilMs = this.#ctx.clock.monotonic() + ALONE_MS;
      this.#alone = { untilMs, why: describeError(error) };
      return await this.#fromSymphony(question, describeError(error));
    }
  }

  #fromMirror(question: PlanQuestion): Promise<PlanAnswer> {
    // What another host applies is not seen here.
    const isOwn = this.#mirror.status().phase === 'following';
    if (question.q === 'overview' && isOwn) return this.#counting.overview();
    return askReader(this.#mirror.database.reader, question);
  }

  #whyNot(): string | undefined {
    const { phase, why = '', lagMs } = this.#mirror.status();
    if (this.#alone !== undefined && this.#ctx.clock.monotonic() < this.#alone.untilMs) {
      return this.#alone.why;
    }
    if (phase === 'following') {
      return lagMs > MAX_LAG_MS ? `the mirror is ${Math.round(lagMs / 1_000)} s behind` : undefined;
    }
    // The master of the network writes it, whoever that is.
    if (this.#isShared && (phase === 'idle' || phase === 'superseded')) return undefined;
    if (phase === 'copying' || phase === 'waiting') return `a copy is taken: ${why}`;
    return why === '' ? `the mirror is ${phase}` : why;
  }

  async #fromSymphony(question: PlanQuestion, why: string): Promise<Read> {
    try {
      const answer = await askSymphony(this.#ctx, question);
      this.#switched('symphony', why);
      return { from: 'symphony', why, answer };
    } catch (error) {
      if (isFtError(error, 'FT_SOURCE_BUSY')) throw error;
      const { code } = isFtError(error) ? error : { code: '' };
      // That the scheduler has no plan to show is said by the mirror in the same words.
      const both = code.startsWith('FT_SOURCE_') ? why : `${why}; ${describeError(error)}`;
      throw mirrorErrors.NOT_FOLLOWING({ why: both }, error);
    }
  }

  #switched(from: ReadFrom, why = ''): void {
    if (from === this.#from) return;
    this.#from = from;
    const { messages } = this.#ctx;
    if (from === 'symphony') messages.emit(mirrorMessages.FTPM009W({ why }));
    else messages.emit(mirrorMessages.FTPM010I());
  }

  async #within<R>(answer: Promise<R>): Promise<R> {
    const late = sleep(this.#ctx.clock, ANSWER_WITHIN_MS).then(() => {
      const { name } = this.#mirror.database;
      throw mirrorErrors.DATABASE({ name, why: `no answer within ${ANSWER_WITHIN_MS / 1_000} s` });
    });
    // Whichever is later is not waited for.
    late.catch(() => undefined);
    answer.catch(() => undefined);
    return await Promise.race([answer, late]);
  }
}
