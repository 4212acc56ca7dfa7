import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DialerInput, type DialerState, dialerStep, IDLE } from './dialer.ts';

const rules = { reconnect: { minMs: 100, maxMs: 1_000 }, stableAfterMs: 5_000 };

function play(inputs: readonly DialerInput[]) {
  let state: DialerState = IDLE;
  const effects: string[] = [];
  for (const input of inputs) {
    const step = dialerStep(rules, state, input);
    state = step.state;
    for (const effect of step.effects) {
      effects.push(effect.kind === 'pause' ? `pause ${effect.delayMs}` : effect.kind);
    }
  }
  return { state, effects };
}

const wanted = { kind: 'wanted' } as const;
const welcomed = (nowMs: number) => ({ kind: 'welcomed', nowMs }) as const;
const ended = (nowMs: number) => ({ kind: 'ended', nowMs, chance: 0 }) as const;
const again = { kind: 'pause-over' } as const;
const stop = { kind: 'stop' } as const;

describe('dialer', () => {
  test('dials once when wanted, however often', () => {
    expect(play([wanted, wanted, welcomed(0), wanted]).effects).toEqual(['dial', 'up']);
  });

  test('comes back after an end, with growing pauses', () => {
    const failing = [ended(0), again, ended(0), again, ended(0), again];
    expect(play([wanted, ...failing]).effects).toEqual([
      'dial',
      ...['down', 'pause 50', 'dial'],
      ...['down', 'pause 100', 'dial'],
      ...['down', 'pause 200', 'dial'],
    ]);
  });

  test('a connection that was stable makes earlier failures forgotten, a short one does not', () => {
    const failing = [wanted, ended(0), again, ended(0), again, welcomed(1_000)];
    expect(play([...failing, ended(7_000)]).effects.at(-1)).toBe('pause 50');
    expect(play([...failing, ended(2_000)]).effects.at(-1)).toBe('pause 200');
  });

  test('hangs up when stopped, and does nothing more', () => {
    const { state, effects } = play([wanted, welcomed(0), stop, ended(1), again, wanted, stop]);
    expect(effects).toEqual(['dial', 'up', 'hang-up']);
    expect(state.phase).toBe('stopped');
  });

  test('whatever happens, it never dials twice without an end between, nor after a stop', () => {
    const input: fc.Arbitrary<DialerInput> = fc.oneof(
      fc.constantFrom(wanted, again),
      { weight: 3, arbitrary: fc.nat(100_000).map(ended) },
      fc.nat(100_000).map(welcomed),
      { weight: 1, arbitrary: fc.constant(stop) },
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60, size: 'max' }), (inputs) => {
        let state: DialerState = IDLE;
        let live = false;
        let stopped = false;
        for (const one of inputs) {
          if (one.kind === 'ended') live = false;
          if (one.kind === 'stop') stopped = true;
          const step = dialerStep(rules, state, one);
          state = step.state;
          for (const effect of step.effects) {
            if (effect.kind === 'dial') {
              expect(live || stopped).toBe(false);
              live = true;
            }
            if (effect.kind === 'pause') expect(effect.delayMs).toBeLessThanOrEqual(1_000);
          }
        }
      }),
    );
  });
});
