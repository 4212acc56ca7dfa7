import { describe, expect, it } from 'vitest';
import {
  type ReceptionClock,
  readSomething,
  readToTheEnd,
  receptionWindow,
  startReception,
  TICK_MS,
  tick,
} from './reception.ts';

describe('the window of a reception', () => {
  it('is a tick or two while there is little to read', () => {
    let clock = startReception(0);
    for (let now = TICK_MS; now <= 500; now += TICK_MS) clock = tick(clock, now);
    expect(receptionWindow(clock, 520)).toEqual({ from: 450, to: 520 });
  });

  it('begins at the last reading to the end', () => {
    const clock = readToTheEnd(readSomething(startReception(0)), 30);
    expect(receptionWindow(clock, 40)).toEqual({ from: 30, to: 40 });
    expect(receptionWindow(tick(clock, TICK_MS), 60)).toEqual({ from: 30, to: 60 });
  });

  it('covers a stop, until all that came meanwhile is read', () => {
    const stopped = tick(startReception(0), 50);
    const whole = { from: 0, to: 10_000 };
    expect(receptionWindow(stopped, 10_000)).toEqual(whole);
    // The overdue tick may come before the first reading, and more ticks while there is much to read.
    let clock: ReceptionClock = tick(stopped, 10_000);
    expect(receptionWindow(clock, 10_001).from).toBe(50);
    for (let now = 10_050; now <= 10_200; now += TICK_MS) {
      clock = tick(readSomething(clock), now);
      expect(receptionWindow(clock, now).from).toBe(50);
    }
    clock = readToTheEnd(readSomething(clock), 10_210);
    expect(receptionWindow(clock, 10_220).from).toBe(10_210);
  });
});
