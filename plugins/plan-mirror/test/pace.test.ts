import { World } from '@ftctl/sim';
import { expect, it } from 'vitest';
import type { MirrorStatus } from '../src/mirror.ts';
import { planMirror } from '../src/plugin.ts';
import { OFFER, SCHEDULER, scheduler } from './simulation/scheduler.ts';
import { SimDatabase, SimDatabaseServer } from './simulation/sim-database.ts';
import { readCopy } from './simulation/sim-sinfonia.ts';

const MIRROR = 'plan-mirror';
const SECONDS = 20;

it('writes what a busy scheduler says in a few transactions a second, and is never far behind', async () => {
  const world = new World({ seed: 5 });
  world.addHost('a');
  const copies = new Map();
  const server = new SimDatabaseServer(world, 0);
  const role = { host: 'a', epoch: 1, quiet: false };
  const options = { role, copies, mirrorboxBytes: 1_000_000, random: world.random.fork('jobs') };
  world.startPlugin('a', scheduler(options), { id: SCHEDULER, config: {} });
  const mirror = world.startPlugin(
    'a',
    (process) =>
      planMirror({
        database: () => new SimDatabase(server, process),
        sinfonia: async (path) => readCopy(copies, path),
        standBack: () => undefined,
      }),
    {
      id: MIRROR,
      config: {
        database: { kind: 'sqlite', schema: 'plan' },
        lanes: 1,
        historyDays: 30,
        checkNewPlans: false,
      },
      capabilities: [OFFER],
    },
  );
  const status = async () => (await world.settle(mirror.command('status'))).data as MirrorStatus;
  await world.run(5_000);
  const before = { applied: (await status()).applied, transactions: server.transactions };
  let lagMs = 0;
  for (let n = 0; n < SECONDS * 10; n += 1) {
    await world.run(100);
    lagMs = Math.max(lagMs, (await status()).lagMs);
  }
  const { phase, copies: taken, applied } = await status();
  const perS = (server.transactions - before.transactions) / SECONDS;
  expect({ phase, taken }).toEqual({ phase: 'following', taken: 1 });
  // Some 20 commits a second, with three records each.
  expect((applied - before.applied) / SECONDS).toBeGreaterThan(40);
  expect(perS).toBeLessThan(15);
  expect(lagMs).toBeLessThan(400);
});
