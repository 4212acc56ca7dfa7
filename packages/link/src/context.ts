import { type Clock, describeError, type Logger, type Random, type Store } from '@ftctl/sdk';
import type { Network } from './io/transport.ts';
import type { Offences } from './offences.ts';
import type { LinkTiming } from './options.ts';

/** What all parts of one link share. */
export interface LinkContext {
  readonly self: { readonly host: string; readonly plugin: string };
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly timing: LinkTiming;
  readonly network: Network;
  /** Two accounts, so that a crowd of strangers cannot hide what a peer did. */
  readonly peerOffences: Offences;
  readonly strangerOffences: Offences;
  /** Commits under way, so that `stop()` can wait for them. */
  readonly commits: Set<Promise<unknown>>;
}

/** Remembers a commit until it is settled, however it ends. */
export function track<T>(context: LinkContext, commit: Promise<T>): Promise<T> {
  context.commits.add(commit);
  const forget = () => context.commits.delete(commit);
  commit.then(forget, forget);
  return commit;
}

/** Calls what a plugin has given us. Its failure is its own: it is logged and breaks nothing here. */
export function guarded(context: LinkContext, what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    context.log.error(`${what} threw: ${describeError(error)}`, { error: stackOf(error) });
  }
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
