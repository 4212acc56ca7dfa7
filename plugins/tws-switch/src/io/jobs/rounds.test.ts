import { expect, it, onTestFinished } from 'vitest';
import { Rounds } from './rounds.ts';

function makeRounds(round: () => Promise<void>, everyMs = 5) {
  const troubles: (string | undefined)[] = [];
  const rounds = new Rounds({
    everyMs,
    isNeeded: () => true,
    round,
    onTrouble: (why) => troubles.push(why),
  });
  onTestFinished(() => rounds.stop());
  return { rounds, troubles };
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('never does two rounds at once, and one more for each time it was woken meanwhile', async () => {
  let [now, most, done] = [0, 0, 0];
  const { rounds } = makeRounds(async () => {
    now += 1;
    most = Math.max(most, now);
    await pass(10);
    now -= 1;
    done += 1;
  }, 10_000);
  rounds.wake();
  await pass(5);
  for (let times = 0; times < 5; times += 1) rounds.wake();
  await expect.poll(() => done).toBe(2);
  await pass(30);
  expect([most, done]).toEqual([1, 2]);
});

it('goes on by itself, tells of trouble once, and when it is over', async () => {
  let [full, done] = [true, 0];
  const { rounds, troubles } = makeRounds(async () => {
    done += 1;
    if (full) throw new Error('no space');
  });
  rounds.wake();
  await expect.poll(() => done).toBeGreaterThan(3);
  full = false;
  await expect.poll(() => troubles).toEqual(['no space', undefined]);
});

it('repeats a task until it succeeds, and holds nothing else up by it', async () => {
  const did: string[] = [];
  let full = true;
  const { rounds } = makeRounds(async () => {
    did.push('round');
  });
  rounds.also(async () => {
    if (full) throw new Error('no space');
    did.push('first');
  });
  rounds.also(async () => {
    did.push('second');
  });
  await expect.poll(() => did.filter((what) => what === 'round').length).toBeGreaterThan(2);
  expect(did.filter((what) => what !== 'round')).toEqual(['second']);
  full = false;
  await expect.poll(() => did).toContain('first');
  expect(did.filter((what) => what === 'second')).toHaveLength(1);
});

it('does nothing more once it has been stopped', async () => {
  let done = 0;
  const { rounds } = makeRounds(async () => {
    done += 1;
  });
  rounds.wake();
  await expect.poll(() => done).toBeGreaterThan(1);
  await rounds.stop();
  const before = done;
  rounds.wake();
  await pass(30);
  expect(done).toBe(before);
});
