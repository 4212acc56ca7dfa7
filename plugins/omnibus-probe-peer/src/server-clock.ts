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
  /** To be called regularly: keeps what is stored right when this host's wall clock jumps. */
  tick(): void;
  stop(): void;
}

const ASK_EVERY_MS = 30_000;
const ASK_AGAIN_MS = 1_000;
const ANSWER_WITHIN_MS = 2_000;
/** An answer that took longer says too little about when it was given. */
const MAX_ROUND_TRIP_MS = 200;
const KEY = 'objectserver';
/** A wall clock that moved this far against monotonic time has jumped. */
const JUMP_MS = 50;

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
  /** Server time minus wall time as stored last; undefined until the server has told its time. */
  let storedMs: number | undefined;
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
    await remember();
    return ASK_EVERY_MS;
  };
  const remember = async () => {
    const offsetMs = offset + clock.monotonic() - clock.now();
    storedMs = offsetMs;
    await store.commit((tx) => tx.put(table, KEY, { offsetMs }));
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
    tick() {
      if (stopped || storedMs === undefined) return;
      const presentMs = offset + clock.monotonic() - clock.now();
      if (Math.abs(presentMs - storedMs) < JUMP_MS) return;
      remember().catch((cause: unknown) => {
        log.warn('a jump of the clock could not be stored', { why: describeError(cause) });
      });
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
