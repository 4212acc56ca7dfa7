import { type Clock, describeError, type Store, type Transaction } from '@ftctl/sdk';

/**
 * Commits in the order given, again and again until each is on disk: the state
 * of a core has moved on already, so its changes must not be lost because the
 * disk is full for a while. Callers look at `waiting` and stop taking input when
 * it grows.
 */
export interface CommitQueue {
  /** `weight` counts towards `waiting` until the change is on disk; then `done` is called. */
  push(apply: (tx: Transaction) => void, weight: number, done?: () => void): void;
  /** Sum of the weights that are not on disk yet. */
  readonly waiting: number;
  /** Why nothing can be stored at present. */
  readonly trouble: string | undefined;
  stop(): void;
}

interface Item {
  readonly apply: (tx: Transaction) => void;
  readonly weight: number;
  readonly done: (() => void) | undefined;
}

const RETRY_MS = 1_000;

export function createCommitQueue(
  store: Store,
  clock: Clock,
  onTrouble: (why: string | undefined) => void,
): CommitQueue {
  /** Not on disk yet, in order. */
  const items = new Set<Item>();
  let waiting = 0;
  let inFlight = 0;
  let trouble: string | undefined;
  let stopped = false;

  const issue = (item: Item) => {
    inFlight += 1;
    store.commit(item.apply).then(
      () => settle(() => succeed(item)),
      (cause: unknown) => settle(() => fail(cause)),
    );
  };
  const settle = (react: () => void) => {
    inFlight -= 1;
    if (stopped) return;
    react();
    // Only when nothing is under way: a commit issued twice would be applied twice.
    if (trouble !== undefined && inFlight === 0) clock.setTimer(RETRY_MS, retry);
  };
  const succeed = (item: Item) => {
    items.delete(item);
    waiting -= item.weight;
    if (trouble !== undefined && items.size === 0) report(undefined);
    item.done?.();
  };
  const fail = (cause: unknown) => {
    if (trouble === undefined) report(describeError(cause));
  };
  const report = (why: string | undefined) => {
    trouble = why;
    onTrouble(why);
  };
  const retry = () => {
    if (stopped) return;
    if (items.size === 0) report(undefined);
    for (const item of items) issue(item);
  };

  return {
    push(apply, weight, done) {
      const item = { apply, weight, done };
      items.add(item);
      waiting += weight;
      if (trouble === undefined) issue(item);
    },
    get waiting() {
      return waiting;
    },
    get trouble() {
      return trouble;
    },
    stop() {
      stopped = true;
    },
  };
}
