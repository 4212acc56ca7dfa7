import type { Part } from '@ftctl/plan';
import type { SinfoniaHead, SnapshotBegun } from '@ftctl/plan/source';
import { changesOfPart } from '@ftctl/plan/source';
import { describeError, type PluginContext, sleep } from '@ftctl/sdk';
import type { CopyKey, FacetRow, MirrorDatabase } from './database.ts';
import { mirrorErrors } from './errors.ts';
import type { MirrorIo } from './io/io.ts';
import type { Source } from './source.ts';

/** Between two looks at how far the scheduler is with a copy. */
const LOOK_MS = 100;
/** A copy that is not written by then is given up. */
const WRITTEN_WITHIN_MS = 10 * 60_000;

/** How far a copy is, for `status`. */
export interface LoadProgress {
  readonly syncid: number;
  readonly step: 'writing' | 'loading' | 'showing';
  readonly parts: number;
  readonly done: number;
}

export interface Loaded {
  readonly key: CopyKey;
  readonly head: SinfoniaHead;
  readonly seq: number;
  readonly took: CopyTimes;
}

/** What the newest copy took, in milliseconds. */
export interface CopyTimes {
  /** Until the scheduler had written it. */
  readonly writeMs: number;
  /** From the file into the database. */
  readonly loadMs: number;
}

/** Takes a copy of the plan and loads it beside the one that is shown. */
export class Loading {
  readonly #ctx: PluginContext<unknown>;
  readonly #io: MirrorIo;
  readonly #source: Source;
  readonly #database: MirrorDatabase;
  #progress: LoadProgress | undefined;

  constructor(ctx: PluginContext<unknown>, io: MirrorIo, source: Source, database: MirrorDatabase) {
    this.#ctx = ctx;
    this.#io = io;
    this.#source = source;
    this.#database = database;
  }

  get progress(): LoadProgress | undefined {
    return this.#progress;
  }

  /** @throws FtError of the source, the database, or FT_MIRROR_COPY_FAILED */
  async load(isStopped: () => boolean): Promise<Loaded> {
    const { clock } = this.#ctx;
    const beganMs = clock.monotonic();
    const { claimed } = await this.#database.state();
    const begun = await this.#source.begin(claimed?.syncid ?? 0);
    const key: CopyKey = { epoch: begun.epoch, syncid: begun.syncid };
    try {
      await this.#database.claim(key);
      const path = await this.#written(begun, isStopped);
      const writtenMs = clock.monotonic();
      const head = await this.#fill(key, path);
      const took = { writeMs: writtenMs - beganMs, loadMs: clock.monotonic() - writtenMs };
      this.#progress = { syncid: key.syncid, step: 'showing', parts: head.parts, done: head.parts };
      return { key, head, seq: begun.seq, took };
    } finally {
      this.#progress = undefined;
      await this.#release(key.syncid);
    }
  }

  async #written({ syncid }: SnapshotBegun, isStopped: () => boolean): Promise<string> {
    const { clock } = this.#ctx;
    const untilMs = clock.monotonic() + WRITTEN_WITHIN_MS;
    for (;;) {
      const { state, parts, written, path, why } = await this.#source.sinfonia(syncid);
      this.#progress = { syncid, step: 'writing', parts, done: written };
      if (state === 'ready' && path !== undefined) return path;
      if (state === 'failed') throw mirrorErrors.COPY_FAILED({ why: why ?? 'no reason was given' });
      if (state === 'absent') throw mirrorErrors.COPY_FAILED({ why: 'the scheduler began anew' });
      if (isStopped()) throw mirrorErrors.COPY_FAILED({ why: 'the mirror stops' });
      if (clock.monotonic() > untilMs) {
        throw mirrorErrors.COPY_FAILED({ why: 'the scheduler took too long to write it' });
      }
      await sleep(clock, LOOK_MS);
    }
  }

  async #fill(key: CopyKey, path: string): Promise<SinfoniaHead> {
    const file = await this.#io.sinfonia(path);
    try {
      const { head } = file;
      if (head.syncid !== key.syncid) {
        throw mirrorErrors.COPY_FAILED({ why: `${path} is copy ${head.syncid}` });
      }
      await this.#database.load(key, head, this.#rows(head, file.parts));
      return head;
    } finally {
      await file.close();
    }
  }

  async *#rows(
    { syncid, parts }: SinfoniaHead,
    pieces: AsyncIterable<readonly Part[]>,
  ): AsyncGenerator<readonly FacetRow[]> {
    let done = 0;
    for await (const piece of pieces) {
      this.#progress = { syncid, step: 'loading', parts, done };
      yield piece.map((part) => ({ id: part.id, facets: changesOfPart(part) }));
      done += piece.length;
    }
  }

  async #release(syncid: number): Promise<void> {
    try {
      await this.#source.release(syncid);
    } catch (error) {
      // The next copy, or the scheduler's next start, removes it.
      this.#ctx.log.debug(`copy ${syncid} is not released: ${describeError(error)}`);
    }
  }
}
