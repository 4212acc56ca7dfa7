import {
  type Clock,
  describeError,
  type Link,
  type Logger,
  type Store,
  type Table,
  type Timer,
} from '@ftctl/sdk';
import { clockRequest } from './channels.ts';
import { offsetCodec } from './core/records.ts';

/**
 * The ObjectServer's time as this probe knows it. Both probes of a pair measure
 * receptions with that one clock, so that their own clocks need not agree.
 */
export interface ServerClock {
  /** The ObjectServer's time, in milliseconds, at a monotonic time of this host. */
  at(monotonicMs: number): number;
  stop(): void;
}

const ASK_EVERY_MS = 30_000;
const ASK_AGAIN_MS = 1_000;
const ANSWER_WITHIN_MS = 2_000;
/** An answer that took longer says too little about when it was given. */
const MAX_ROUND_TRIP_MS = 200;
const KEY = 'objectserver';

export interface ServerClockParts {
  readonly clock: Clock;
  readonly link: Link;
  readonly store: Store;
  readonly log: Logger;
  readonly server: string;
}

export function startServerClock({
  clock,
  link,
  store,
  log,
  server,
}: ServerClockParts): ServerClock {
  const table: Table<{ offsetMs: number }> = store.table('clock', offsetCodec);
  // Server time minus this host's monotonic time. Until asked: the own wall
  // clock, corrected by what was measured before the last restart.
  let offset = clock.now() - clock.monotonic() + (table.get(KEY)?.offsetMs ?? 0);
  let stopped = false;
  let timer: Timer | undefined;

  const ask = async () => {
    const asked = clock.monotonic();
    const { nowMs } = await link.request(
      clockRequest,
      { host: server },
      {},
      { timeoutMs: ANSWER_WITHIN_MS },
    );
    const roundTripMs = clock.monotonic() - asked;
    if (roundTripMs > MAX_ROUND_TRIP_MS) return ASK_AGAIN_MS;
    offset = nowMs + roundTripMs / 2 - clock.monotonic();
    const offsetMs = offset + clock.monotonic() - clock.now();
    await store.commit((tx) => tx.put(table, KEY, { offsetMs }));
    return ASK_EVERY_MS;
  };
  const askAgain = () => {
    if (stopped) return;
    timer?.cancel();
    ask()
      .catch((cause: unknown) => {
        log.debug('the ObjectServer did not tell its time', { why: describeError(cause) });
        return ASK_AGAIN_MS;
      })
      .then((delayMs) => {
        timer?.cancel();
        if (!stopped) timer = clock.setTimer(delayMs, askAgain);
      });
  };
  // It may have been restarted, and count from another time since.
  link.onPeer(({ host, up }) => {
    if (up && host === server) askAgain();
  });
  askAgain();

  return {
    at: (monotonicMs) => monotonicMs + offset,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
