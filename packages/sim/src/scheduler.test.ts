import { expect, test } from 'vitest';
import { Scheduler } from './scheduler.ts';

test('events come in order of time, those of one actor at one time in order of insertion', async () => {
  const scheduler = new Scheduler({ seed: 's' });
  const seen: string[] = [];
  for (const [at, name] of [
    [30, 'c'],
    [10, 'a1'],
    [20, 'b'],
    [10, 'a2'],
    [10, 'a3'],
  ] as const) {
    scheduler.at(at, 'one', () => seen.push(`${name}@${scheduler.now}`));
  }
  expect(await scheduler.run(100)).toBe(false);
  expect(seen).toEqual(['a1@10', 'a2@10', 'a3@10', 'b@20', 'c@30']);
  expect(scheduler.now).toBe(100);
});

test('the seed decides who is first of several actors at one time', async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 40; seed += 1) {
    const scheduler = new Scheduler({ seed: String(seed) });
    const seen: string[] = [];
    for (const actor of ['x', 'y', 'z']) scheduler.at(1, actor, () => seen.push(actor));
    await scheduler.run(1);
    orders.add(seen.join(''));
  }
  expect(orders.size).toBe(6);
});

test('a thousand events in random order come sorted', async () => {
  const scheduler = new Scheduler({ seed: 'heap' });
  const seen: number[] = [];
  for (let n = 0; n < 1_000; n += 1) {
    const at = (n * 7919) % 1009;
    scheduler.at(at, 'one', () => seen.push(at));
  }
  await scheduler.run(2_000);
  expect(seen).toHaveLength(1_000);
  expect(seen).toEqual([...seen].sort((left, right) => left - right));
});

test('promises run to their end before the next event', async () => {
  const scheduler = new Scheduler({ seed: 's' });
  const seen: string[] = [];
  scheduler.at(1, 'one', () => {
    const chain = async () => {
      for (let step = 0; step < 500; step += 1) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      seen.push('promises');
    };
    chain();
  });
  scheduler.at(1, 'one', () => seen.push('next event'));
  await scheduler.run(1);
  expect(seen).toEqual(['promises', 'next event']);
});

test('a cancelled event does not happen, one in the past happens now', async () => {
  const scheduler = new Scheduler({ seed: 's' });
  const seen: string[] = [];
  scheduler.after(5, 'one', () => seen.push('cancelled')).cancel();
  await scheduler.run(10);
  scheduler.at(3, 'one', () => seen.push(`late@${scheduler.now}`));
  await scheduler.run(10);
  expect(seen).toEqual(['late@10']);
});

test('run stops as soon as it is done, with time where it stands', async () => {
  const scheduler = new Scheduler({ seed: 's' });
  let count = 0;
  for (let at = 1; at <= 5; at += 1) scheduler.at(at, 'one', () => (count += 1));
  expect(await scheduler.run(100, () => count === 3)).toBe(true);
  expect([count, scheduler.now]).toEqual([3, 3]);
});

test('an endless loop is found out', async () => {
  const scheduler = new Scheduler({ seed: 's', maxEvents: 1_000 });
  const again = () => {
    scheduler.after(0, 'one', again);
  };
  again();
  await expect(scheduler.run(10)).rejects.toMatchObject({ code: 'FT_SIM_TOO_MANY_EVENTS' });
});

test('two runs at once are refused', async () => {
  const scheduler = new Scheduler({ seed: 's' });
  const first = scheduler.run(10);
  await expect(scheduler.run(10)).rejects.toMatchObject({ code: 'FT_SIM_MISUSE' });
  await first;
});
