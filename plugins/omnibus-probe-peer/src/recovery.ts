import type { Log } from '@ftctl/sdk';
import type { OwnEvent } from './core/cache.ts';
import type { LeftOnDisk } from './core/peer.ts';
import type { ProbeEvent } from './core/records.ts';
import type { SlaveMemory } from './slave-memory.ts';

/** What the ObjectServer has on its disk, in the outbox. */
export const SERVER_CURSOR = 'server';
/** What is not waited for any more, in the cache. */
export const CACHE_CURSOR = 'done';

/** Most undelivered events whose reports go on after a restart. */
const MAX_RECOVERED_EVENTS = 50_000;

/** What an earlier life of this probe left on disk. */
export function recoverProbe(logs: {
  readonly cache: Log<ProbeEvent>;
  readonly outbox: Log<ProbeEvent>;
  readonly memory: SlaveMemory;
  readonly nowMs: number;
}): LeftOnDisk {
  const { cache, outbox, memory, nowMs } = logs;
  const cached = recoverEvents(cache, CACHE_CURSOR, nowMs, Number.POSITIVE_INFINITY);
  for (const event of cached) if (memory.isSettled(event.cacheSeq)) event.state = 'done';
  return {
    cached,
    outstanding: recoverEvents(outbox, SERVER_CURSOR, nowMs, MAX_RECOVERED_EVENTS),
    deliveredUpTo: outbox.position(SERVER_CURSOR) ?? 0,
    told: memory.told(),
    unseen: memory.unseen(),
  };
}

/**
 * The events that a log still held when the probe stopped or was killed, oldest
 * first; of more than `most` the newest.
 */
function recoverEvents(
  log: Log<ProbeEvent>,
  cursor: string,
  nowMs: number,
  most: number,
): OwnEvent[] {
  const events: OwnEvent[] = [];
  let after = Math.max(log.position(cursor) ?? 0, log.bounds().last - most);
  for (;;) {
    const entries = log.read(after);
    for (const { seq, value } of entries) events.push(asOwnEvent(value, seq, nowMs));
    const last = entries.at(-1);
    if (last === undefined) return events;
    after = last.seq;
  }
}

function asOwnEvent(event: ProbeEvent, seq: number, nowMs: number): OwnEvent {
  const { print = '', from = 0, to = 0, stamp } = event.sighting ?? {};
  return {
    print,
    from,
    to,
    ...(stamp === undefined ? {} : { stamp }),
    event,
    receivedAtMs: nowMs,
    seq,
    cacheSeq: seq,
    state: 'forwarded',
  };
}
