import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heartbeatStep, startHeartbeat } from './heartbeat.ts';

const rules = { intervalMs: 700, silenceLimitMs: 2_000, pings: true };

/** Ticks in order, on which so many bytes had come in; the time at which the peer was given up. */
function deadAt(received: readonly number[], from = 0): number | undefined {
  let state = startHeartbeat(from, 0);
  for (const [index, bytesReceived] of received.entries()) {
    const nowMs = from + (index + 1) * rules.intervalMs;
    const step = heartbeatStep(rules, state, { kind: 'tick', nowMs, bytesReceived });
    state = step.state;
    if (step.effects.some((effect) => effect.kind === 'dead')) return nowMs;
  }
  return undefined;
}

describe('heartbeat', () => {
  test('a peer that says nothing is given up after its limit', () => {
    expect(deadAt([0, 0, 0, 0, 0])).toBe(2_100);
  });

  test('any byte is a sign of life, a part of a large frame too', () => {
    expect(deadAt([1, 2, 3, 4, 5, 6, 7, 8])).toBeUndefined();
    expect(deadAt([1, 1, 1, 2, 2, 2, 2, 2])).toBe(7 * 700);
  });

  test('wherever the last byte comes, silence is noticed within four intervals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.nat(699), (tick, offsetMs) => {
        const lastByteMs = tick * 700 + offsetMs;
        const received = Array.from({ length: 60 }, (_, n) => Math.min(n + 1, tick + 1));
        const noticedMs = deadAt(received) ?? Number.POSITIVE_INFINITY;
        expect(noticedMs - lastByteMs).toBeLessThanOrEqual(4 * 700);
        expect(noticedMs - lastByteMs).toBeGreaterThanOrEqual(2_000);
      }),
    );
  });

  test('a process that stood still itself does not blame its peer at once', () => {
    const state = startHeartbeat(0, 0);
    const late = { kind: 'tick', nowMs: 60_000, bytesReceived: 0 } as const;
    const step = heartbeatStep(rules, state, late);
    expect(step.effects).toEqual([{ kind: 'ping', number: 1 }]);
    let next = step.state;
    const effects: string[] = [];
    for (const nowMs of [60_700, 61_400, 62_100]) {
      const tick = heartbeatStep(rules, next, { kind: 'tick', nowMs, bytesReceived: 0 });
      next = tick.state;
      effects.push(...tick.effects.map((effect) => effect.kind));
    }
    expect(effects).toEqual(['ping', 'ping', 'dead']);
  });

  test('the accepting side does not ping', () => {
    const step = heartbeatStep({ ...rules, pings: false }, startHeartbeat(0, 0), {
      kind: 'tick',
      nowMs: 700,
      bytesReceived: 0,
    });
    expect(step.effects).toEqual([]);
  });

  test('the round trip is that of the last ping', () => {
    const ticked = heartbeatStep(rules, startHeartbeat(0, 0), {
      kind: 'tick',
      nowMs: 700,
      bytesReceived: 0,
    }).state;
    const other = heartbeatStep(rules, ticked, { kind: 'pong', nowMs: 705, number: 9 });
    expect(other.state.roundTripMs).toBeUndefined();
    const heard = heartbeatStep(rules, ticked, { kind: 'pong', nowMs: 712, number: 1 });
    expect(heard.state.roundTripMs).toBe(12);
  });
});
