import { expect, it } from 'vitest';
import { receptionWindow, startReception, TICK_MS, tick } from './reception.ts';

it('knows receptions to a tick while the process runs', () => {
  let clock = startReception(0);
  for (let now = TICK_MS; now <= 500; now += TICK_MS) clock = tick(clock, now);
  expect(receptionWindow(clock, 520)).toEqual({ from: 500, to: 520 });
});

it('allows for the whole stall in what is read before and just after the first tick', () => {
  const stalled = startReception(0);
  expect(receptionWindow(stalled, 10_000)).toEqual({ from: 0, to: 10_000 });
  let clock = tick(stalled, 10_000);
  expect(receptionWindow(clock, 10_010)).toEqual({ from: 0, to: 10_010 });
  clock = tick(clock, 10_050);
  expect(receptionWindow(clock, 10_060)).toEqual({ from: 0, to: 10_060 });
  clock = tick(clock, 10_100);
  expect(receptionWindow(clock, 10_110)).toEqual({ from: 10_100, to: 10_110 });
});
