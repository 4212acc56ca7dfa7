import { expect, it } from 'vitest';
import { Alarms } from './alarms.ts';

it('tells once at 70 %, and once when it is below 60 %', () => {
  const alarms = new Alarms();
  const at = (bytes: number) => {
    const { raised, cleared } = alarms.look([{ what: 'the own log', bytes, limit: 100 }]);
    return [raised.length, cleared.length];
  };
  expect([69, 70, 90, 65, 71, 60, 60, 70].map(at)).toEqual([
    [0, 0],
    [1, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 0],
    [1, 0],
  ]);
});

it('clears what is not there any more', () => {
  const alarms = new Alarms();
  alarms.look([{ what: 'the road to FTA', bytes: 9, limit: 10 }]);
  expect(alarms.look([])).toEqual({ raised: [], cleared: ['the road to FTA'] });
});
