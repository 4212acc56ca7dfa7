import type { TraceEvent } from './trace.ts';

type Change = Extract<TraceEvent, { readonly kind: 'write' | 'size' }>;

/** Pieces that a disk writes as a whole or not at all, bytes. */
const PIECES = [512, 4096] as const;

/**
 * A disk with a cache: what was flushed is on it for good; what was written
 * since may be there after a power cut, or not, or in part, in any order.
 */
export class CachedDisk {
  #durable: Buffer = Buffer.alloc(0);
  #cached: Change[] = [];
  /** Of the changes in the cache, those that the flush under way takes. */
  #flushing = 0;

  /** True when a power cut could now leave something else than before. */
  take(event: TraceEvent): boolean {
    switch (event.kind) {
      case 'write':
      case 'size':
        this.#cached.push(event);
        return true;
      case 'written-through': {
        const written = this.#cached.pop();
        if (written) this.#durable = changed(this.#durable, written);
        return true;
      }
      case 'flush-begins':
        this.#flushing = this.#cached.length;
        return false;
      case 'flushed':
        for (const change of this.#cached.splice(0, this.#flushing)) {
          this.#durable = changed(this.#durable, change);
        }
        this.#flushing = 0;
        return true;
      default:
        return true;
    }
  }

  get cached(): number {
    return this.#cached.length;
  }

  /** Nothing of what was not flushed. */
  none(): Buffer {
    return Buffer.from(this.#durable);
  }

  all(): Buffer {
    return this.#cached.reduce(changed, this.none());
  }

  /** Some of it, torn into pieces, in some order. */
  some(random: () => number): Buffer {
    const piece = PIECES[Math.floor(random() * PIECES.length)] ?? PIECES[0];
    const share = random();
    const pieces = this.#cached.flatMap((change) => torn(change, piece));
    return pieces
      .filter(() => random() < share)
      .map((change) => ({ change, order: random() }))
      .toSorted((one, other) => one.order - other.order)
      .reduce((content, { change }) => changed(content, change), this.none());
  }
}

function torn(change: Change, piece: number): Change[] {
  if (change.kind === 'size') return [change];
  const parts: Change[] = [];
  let done = 0;
  while (done < change.data.length) {
    const at = change.at + done;
    const length = Math.min(piece - (at % piece), change.data.length - done);
    parts.push({ kind: 'write', at, data: change.data.subarray(done, done + length) });
    done += length;
  }
  return parts;
}

function changed(content: Buffer, change: Change): Buffer {
  if (change.kind === 'size') return resized(content, change.size);
  const end = change.at + change.data.length;
  const whole = end > content.length ? resized(content, end) : content;
  change.data.copy(whole, change.at);
  return whole;
}

/** What was never written reads as zeros. */
function resized(content: Buffer, size: number): Buffer {
  const other = Buffer.alloc(size);
  content.copy(other);
  return other;
}
