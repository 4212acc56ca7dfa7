/**
 * Capabilities: how plugins on one host work together. Both manifests name it
 * (`plan.source@1`); the provider publishes topics and answers operations, the
 * consumer reads and asks. Neither knows the other's package.
 */

/** A capability that is there, as its consumer sees it. */
export interface Capability {
  readonly name: string;
  readonly version: number;
  readonly features: readonly string[];
  /** Id of the plugin on this host that provides it, for `store.topic`. */
  readonly provider: string;
}

/**
 * A question that the provider of a capability answers. Questions and answers
 * are JSON; each side checks what it is given.
 */
export interface CapabilityOperation<Q, R> {
  /** `name@version`. */
  readonly capability: string;
  /** Lower case, digits, `.` and `-`. */
  readonly operation: string;
  /** @throws Error when it is no question of this operation */
  readonly question: (value: unknown) => Q;
  /** @throws Error when it is no answer to it */
  readonly answer: (value: unknown) => R;
}

/** An operation with what answers it, erased: made by `answers`. */
export interface CapabilityAnswer {
  readonly capability: string;
  readonly operation: string;
  readonly handle: (question: unknown, from: CapabilityAsker) => Promise<unknown>;
}

export interface CapabilityAsker {
  /** Id of the plugin on this host that asks. */
  readonly plugin: string;
}

export interface AskOptions {
  /** Longest time for the answer, milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
}

/** Default of `AskOptions.timeoutMs`. */
export const ASK_TIMEOUT_MS = 5_000;

/** Binds an operation to what answers it; an FtError that it throws reaches the asker with its code. */
export function answers<Q, R>(
  { capability, operation, question }: CapabilityOperation<Q, R>,
  answer: (question: Q, from: CapabilityAsker) => Promise<R> | R,
): CapabilityAnswer {
  return {
    capability,
    operation,
    handle: async (value, from) => await answer(question(value), from),
  };
}
