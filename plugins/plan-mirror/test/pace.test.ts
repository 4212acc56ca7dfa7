import { expect, it } from 'vitest';
import { OneHost } from './simulation/one-host.ts';

const SECONDS = 20;

it('writes what a busy scheduler says in a few transactions a second, and is never far behind', async () => {
  const one = new OneHost(5);
  await one.world.run(5_000);
  const before = { applied: (await one.status()).applied, transactions: one.server.transactions };
  let lagMs = 0;
  for (let n = 0; n < SECONDS * 10; n += 1) {
    await one.world.run(100);
    lagMs = Math.max(lagMs, (await one.status()).lagMs);
  }
  const { phase, copies, applied } = await one.status();
  expect({ phase, copies }).toEqual({ phase: 'following', copies: 1 });
  // Some 20 commits a second, with three records each.
  expect((applied - before.applied) / SECONDS).toBeGreaterThan(40);
  expect((one.server.transactions - before.transactions) / SECONDS).toBeLessThan(15);
  expect(lagMs).toBeLessThan(400);
});

it('deletes the rows of the copy before, however busy the scheduler is', async () => {
  const one = new OneHost(5);
  await one.world.run(5_000);
  await one.world.settle(one.mirror.command('resync'));
  await one.world.run(20_000);
  const { phase, copies } = await one.status();
  expect({ phase, copies }).toEqual({ phase: 'following', copies: 2 });
  expect(one.server.copies.size).toBe(1);
});
