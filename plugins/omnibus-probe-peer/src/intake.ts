import type { Config } from './config.ts';
import type { OwnEvent } from './core/cache.ts';
import {
  type ReceptionClock,
  readSomething,
  readToTheEnd,
  receptionWindow,
  startReception,
  tick as tickReception,
} from './core/reception.ts';
import { applyRules, identityText } from './core/rules.ts';
import { parseSyslog } from './core/syslog.ts';
import type { ProbeIo } from './io/io.ts';

/**
 * From bytes to events: reads a syslog message, puts it through the rules and
 * notes when it can have been received.
 */
export interface Intake {
  /** Sockets are about to be opened: nothing can have been received before. */
  begin(nowMs: number): void;
  /** To be called every `TICK_MS` while senders are not held up. */
  tick(nowMs: number): void;
  /** Everything that had come until the last reading has been read. */
  drained(): void;
  read(bytes: Uint8Array, from: string, nowMs: number): OwnEvent;
}

export interface IntakeParts {
  readonly io: ProbeIo;
  /** Events carry a sighting where a peer may have seen them too. */
  readonly compares: boolean;
  /** The ObjectServer's time at a monotonic time. */
  readonly serverTime: (monotonicMs: number) => number;
}

/** Whether events of this probe are compared with those of a peer. */
export function comparesWithPeer(config: Extract<Config, { role: 'probe' }>): boolean {
  return config.Mode !== 'standard' && config.peerMode === 'exact';
}

export function createIntake({ io, compares, serverTime }: IntakeParts): Intake {
  const decoder = new TextDecoder();
  let reception: ReceptionClock = startReception(0);
  let lastReadMs = 0;
  return {
    begin(nowMs) {
      reception = startReception(nowMs);
      lastReadMs = nowMs;
    },
    tick(nowMs) {
      reception = tickReception(reception, nowMs);
    },
    drained() {
      // Not the present time: the process may have been stopped since that reading.
      reception = readToTheEnd(reception, lastReadMs);
    },
    read(bytes, sender, nowMs) {
      const window = receptionWindow(reception, nowMs);
      reception = readSomething(reception);
      lastReadMs = nowMs;
      const [from, to] = [serverTime(window.from), serverTime(window.to)];
      const message = parseSyslog(decoder.decode(bytes), {
        receivedAtMs: to,
        utcOffsetMinutes: io.utcOffsetMinutes(to),
      });
      const stamp = message.stampMs === undefined ? {} : { stamp: message.stampMs };
      const print = compares ? io.digest(identityText(message, sender)) : '';
      const sighting = { print, from, to, ...stamp };
      const fields = applyRules(message, sender);
      const event = compares
        ? { fields, occurredAtMs: to, sighting }
        : { fields, occurredAtMs: to };
      return { ...sighting, event, receivedAtMs: nowMs, seq: 0, cacheSeq: 0, state: 'forwarded' };
    },
  };
}
