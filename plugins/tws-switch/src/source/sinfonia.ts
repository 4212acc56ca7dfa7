import type { Part } from '@ftctl/plan';
import type { SinfoniaHead, SinfoniaStatus } from '@ftctl/plan/source';
import { describeError, type PluginContext, sleep } from '@ftctl/sdk';
import type { SinfoniaFiles } from '../io/sinfonia-files.ts';
import { sourceErrors } from './errors.ts';

/** Parts that are written before the scheduler has its turn. */
const SLICE_PARTS = 500;
/** Bytes of a disk that a copy leaves free. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/** A copy that is under way, or was made. */
interface Copy {
  readonly head: SinfoniaHead;
  readonly parts: readonly Part[];
  state: 'writing' | 'ready' | 'failed';
  written: number;
  bytes: number;
  why?: string;
}

/**
 * Copies of the plan as files, `Sinfonia.<syncid>`: one at a time, of a size that
 * is known before a byte is written, made in slices between which everything
 * else has its turn. Parts never change once made, so the list of them is a copy
 * of one moment however long the writing takes.
 */
export class Sinfonia {
  readonly #ctx: PluginContext<unknown>;
  readonly #files: SinfoniaFiles;
  readonly #quotaBytes: number;
  #copy: Copy | undefined;
  /** One after another: the next file is begun when the one before is gone. */
  #tail: Promise<void>;
  #stopped = false;

  /** @param quotaBytes most that a file may have */
  constructor(ctx: PluginContext<unknown>, files: SinfoniaFiles, quotaBytes: number) {
    this.#ctx = ctx;
    this.#files = files;
    this.#quotaBytes = quotaBytes;
    // What a life before this one has left behind.
    this.#tail = this.#remove();
  }

  stop(): void {
    this.#stopped = true;
    this.#copy = undefined;
  }

  /** The copy before it is given up. */
  begin(head: SinfoniaHead, parts: readonly Part[]): void {
    const copy: Copy = { head, parts, state: 'writing', written: 0, bytes: 0 };
    this.#copy = copy;
    this.#tail = this.#tail.then(() => this.#make(copy));
  }

  status(syncid: number): SinfoniaStatus {
    const copy = this.#copy;
    if (copy?.head.syncid !== syncid) return { state: 'absent', parts: 0, written: 0, bytes: 0 };
    const { state, head, written, bytes, why } = copy;
    return {
      state,
      parts: head.parts,
      written,
      bytes,
      ...(state === 'ready' ? { path: this.#files.pathOf(syncid) } : {}),
      ...(why === undefined ? {} : { why }),
    };
  }

  /** It is needed no more. */
  async release(syncid: number): Promise<void> {
    if (this.#copy?.head.syncid === syncid) this.#copy = undefined;
    this.#tail = this.#tail.then(() => (this.#copy === undefined ? this.#remove() : undefined));
    await this.#tail;
  }

  async #make(copy: Copy): Promise<void> {
    await this.#remove();
    try {
      await this.#measure(copy);
      if (await this.#write(copy)) {
        // What it holds may have been decided in a commit that is still under way.
        await this.#ctx.store.commit(() => undefined);
        copy.state = 'ready';
      }
    } catch (error) {
      copy.state = 'failed';
      copy.why = describeError(error);
      await this.#remove();
    }
  }

  /** How large the file will be, and whether there is room for it. */
  async #measure(copy: Copy): Promise<void> {
    let bytes = 0;
    await this.#inSlices(copy, (parts) => {
      bytes += Buffer.byteLength(linesOf(parts));
    });
    const { syncid } = copy.head;
    const quota = this.#quotaBytes;
    if (bytes > quota) throw sourceErrors.SINFONIA_QUOTA({ syncid, bytes, quota });
    const free = await this.#files.freeBytes();
    if (bytes + RESERVE_BYTES > free) throw sourceErrors.SINFONIA_ROOM({ syncid, bytes, free });
    copy.bytes = bytes;
  }

  async #write(copy: Copy): Promise<boolean> {
    const file = await this.#files.create(copy.head.syncid);
    try {
      await file.write(linesOf([copy.head]));
      const isWhole = await this.#inSlices(copy, async (parts) => {
        await file.write(linesOf(parts));
        copy.written += parts.length;
      });
      if (!isWhole) return false;
      await file.write(linesOf([{ end: copy.head.parts }]));
      await file.flush();
      return true;
    } finally {
      await file.close();
    }
  }

  /** @returns false when the copy was given up meanwhile */
  async #inSlices(
    copy: Copy,
    slice: (parts: readonly Part[]) => void | Promise<void>,
  ): Promise<boolean> {
    for (let at = 0; at < copy.parts.length; at += SLICE_PARTS) {
      if (this.#copy !== copy || this.#stopped) return false;
      await slice(copy.parts.slice(at, at + SLICE_PARTS));
      await sleep(this.#ctx.clock, 0);
    }
    return this.#copy === copy && !this.#stopped;
  }

  async #remove(): Promise<void> {
    try {
      await this.#files.removeAll();
    } catch (error) {
      this.#ctx.log.warn(`an old copy of the plan is not removed: ${describeError(error)}`);
    }
  }
}

function linesOf(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
