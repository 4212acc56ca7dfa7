import type { Log } from '@ftctl/sdk';
import type { OwnEvent } from './core/cache.ts';
import type { ProbeEvent } from './core/records.ts';

/**
 * The events that a log still held when the probe stopped or was killed, oldest
 * first; of more than `most` the newest.
 */
export function recoverEvents(
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
