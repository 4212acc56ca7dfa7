import { expect, test } from 'vitest';
import { SimProcess } from './process.ts';
import { Scheduler } from './scheduler.ts';

function setUp() {
  const scheduler = new Scheduler({ seed: 's' });
  const uncaught: unknown[] = [];
  const process = new SimProcess({
    host: 'a',
    plugin: 'p',
    life: 1,
    scheduler,
    onUncaught: (_process, error) => uncaught.push(error),
  });
  const seen: string[] = [];
  const note = (what: string) => () => {
    seen.push(`${what}@${scheduler.now}`);
  };
  return { scheduler, process, seen, note, uncaught };
}

test('a paused process does everything late, in the order in which it came up', async () => {
  const { scheduler, process, seen, note } = setUp();
  process.schedule(10, 'timer', note('timer'));
  process.schedule(20, 'delivery', note('message'));
  process.pause();
  await scheduler.run(50);
  expect(seen).toEqual([]);
  process.resume();
  process.schedule(0, 'delivery', note('after'));
  await scheduler.run(60);
  expect(seen).toEqual(['timer@50', 'message@50', 'after@50']);
});

test('overdue timers can come before or after what arrived', async () => {
  for (const [timersFirst, expected] of [
    [true, ['timer@50', 'message@50']],
    [false, ['message@50', 'timer@50']],
  ] as const) {
    const { scheduler, process, seen, note } = setUp();
    process.schedule(
      10,
      timersFirst ? 'delivery' : 'timer',
      note(timersFirst ? 'message' : 'timer'),
    );
    process.schedule(
      20,
      timersFirst ? 'timer' : 'delivery',
      note(timersFirst ? 'timer' : 'message'),
    );
    process.pause();
    await scheduler.run(50);
    process.resume(timersFirst);
    await scheduler.run(60);
    expect(seen).toEqual(expected);
  }
});

test('a dead process does nothing more, and what it was promised never settles', async () => {
  const { scheduler, process, seen, note } = setUp();
  let resolve: (value: string) => void = () => undefined;
  const promised = process.promise<string>((fulfil) => {
    resolve = fulfil;
  });
  promised.then(note('settled'));
  process.schedule(10, 'timer', note('timer'));
  process.onDeath(note('died'));
  process.die();
  resolve('too late');
  process.enter('delivery', note('message'));
  await scheduler.run(50);
  expect(seen).toEqual(['died@0']);
  expect(process.call()).toBe(false);
});

test('what a process does to itself is part of its step, also while it catches up', async () => {
  const { scheduler, process, seen, note } = setUp();
  process.schedule(1, 'timer', () => {
    note('step')();
    process.enter('delivery', note('inner'));
  });
  process.schedule(2, 'timer', note('next'));
  process.pause();
  await scheduler.run(10);
  process.resume();
  await scheduler.run(20);
  expect(seen).toEqual(['step@10', 'inner@10', 'next@10']);
});

test('it can die inside a call to a service, and that can be called off', () => {
  const { process } = setUp();
  const disarm = process.dieAtCall(2, () => process.die());
  expect(process.call()).toBe(true);
  disarm();
  expect([process.call(), process.call()]).toEqual([true, true]);
  process.dieAtCall(2, () => process.die());
  expect([process.call(), process.call(), process.call()]).toEqual([true, false, false]);
});

test('what its code throws is told, unless it is dead by then', () => {
  const { process, uncaught } = setUp();
  process.enter('timer', () => {
    throw new Error('first');
  });
  process.enter('timer', () => {
    process.die();
    throw new Error('of a dead process');
  });
  expect(uncaught).toEqual([new Error('first')]);
});
