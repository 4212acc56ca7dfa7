import { storeErrors } from '@ftctl/sdk';

interface Waiting {
  upTo: number;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A reader's reports on their way to the publisher: one under way, and one that
 * gathers all that were made meanwhile, so that nothing piles up while the
 * publisher is away.
 */
export class Reports {
  readonly #send: (upTo: number) => void;
  #kept = -1;
  #underWay: Waiting | undefined;
  #next: Waiting | undefined;
  #ended = false;

  constructor(send: (upTo: number) => void) {
    this.#send = send;
  }

  /** Resolves when the publisher has it on disk. */
  add(upTo: number): Promise<void> {
    if (this.#ended) return Promise.reject(storeErrors.CLOSED());
    if (upTo <= this.#kept) return Promise.resolve();
    if (this.#underWay === undefined) {
      this.#underWay = waiting(upTo);
      this.#send(upTo);
      return this.#underWay.promise;
    }
    this.#next ??= waiting(upTo);
    this.#next.upTo = Math.max(this.#next.upTo, upTo);
    return this.#next.promise;
  }

  /** The publisher has everything up to there on disk. */
  kept(upTo: number): void {
    this.#kept = Math.max(this.#kept, upTo);
    if (this.#underWay === undefined || this.#underWay.upTo > this.#kept) return;
    this.#underWay.resolve();
    this.#underWay = this.#next;
    this.#next = undefined;
    if (this.#underWay === undefined) return;
    if (this.#underWay.upTo <= this.#kept) this.kept(this.#kept);
    else this.#send(this.#underWay.upTo);
  }

  /**
   * The publisher's store is another one, in which these positions mean nothing:
   * nothing is held any more on their account, which is all that they asked for.
   */
  startAgain(): void {
    for (const waiting of [this.#underWay, this.#next]) waiting?.resolve();
    this.#underWay = undefined;
    this.#next = undefined;
    this.#kept = -1;
  }

  end(): void {
    this.#ended = true;
    for (const waiting of [this.#underWay, this.#next]) waiting?.reject(storeErrors.CLOSED());
    this.#underWay = undefined;
    this.#next = undefined;
  }
}

function waiting(upTo: number): Waiting {
  let resolve: () => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<void>((onDone, onFailure) => {
    resolve = onDone;
    reject = onFailure;
  });
  return { upTo, promise, resolve, reject };
}
