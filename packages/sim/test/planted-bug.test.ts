import { definePlugin, type LogOptions, text } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import {
  defineSimulation,
  describeFailure,
  planFaults,
  runFaults,
  runOnce,
  runSimulation,
  type World,
} from '../src/index.ts';

/** Seeds within which the simulator must find the bug. */
const BOUND = 20;

const LOG: LogOptions<string> = { codec: text, limitBytes: 1_000_000, overflow: 'refuse' };
const deposits = { name: 'deposits', question: text, answer: text };

/** A server that stores what it is handed. The planted bug: it says "stored" before it is. */
function vault(acknowledge: 'after the commit' | 'before the commit') {
  return definePlugin({
    setup(ctx) {
      const log = ctx.store.log('deposits', LOG);
      return {
        start() {
          ctx.link.serve(deposits, async (deposit) => {
            const commit = ctx.store.commit((tx) => tx.append(log, deposit));
            if (acknowledge === 'after the commit') await commit;
            else commit.catch((error: unknown) => ctx.log.error(String(error)));
            return 'stored';
          });
        },
        stop: () => undefined,
        health: () => ({ state: 'ok' }),
      };
    },
  });
}

/** Hands over a deposit every few milliseconds and notes which were acknowledged. */
function customer(world: World, acknowledged: string[]) {
  return definePlugin({
    setup(ctx) {
      let n = 0;
      const next = () => {
        n += 1;
        const deposit = `${ctx.random.id().slice(0, 4)}-${n}`;
        ctx.link.request(deposits, { host: 'server' }, deposit, { timeoutMs: 500 }).then(
          () => {
            acknowledged.push(deposit);
            world.history.record('acknowledged', { host: 'client', deposit });
          },
          () => undefined,
        );
        ctx.clock.setTimer(5, next);
      };
      return { start: next, stop: () => undefined, health: () => ({ state: 'ok' }) };
    },
  });
}

function simulate(acknowledge: 'after the commit' | 'before the commit') {
  return defineSimulation<{ acknowledged: readonly string[]; stored: ReadonlySet<string> }>({
    name: 'vault',
    async run(world) {
      const acknowledged: string[] = [];
      const server = world.startPlugin('server', vault(acknowledge), { id: 'vault', config: {} });
      const client = customer(world, acknowledged);
      world.startPlugin('client', client, { id: 'vault', config: {} });
      const faults = planFaults(world.random.fork('faults'), {
        hosts: ['server', 'client'],
        durationMs: 3_000,
        quietMs: 1_000,
        maxFaultMs: 1_000,
      });
      await runFaults(world, faults);
      world.host('client').crash();
      await world.run(1_000);
      const entries = server.store.log('deposits', LOG).read(0, { maxRecords: 100_000 });
      return { acknowledged, stored: new Set(entries.map((entry) => entry.value)) };
    },
    check: (_world, { acknowledged, stored }) =>
      acknowledged
        .filter((deposit) => !stored.has(deposit))
        .map((deposit) => `${deposit} was acknowledged and is not stored`),
  });
}

test('a plugin that acknowledges before its commit is found out', async () => {
  const bad = simulate('before the commit');
  const report = await runSimulation(bad, { seed: 1, runs: BOUND });
  const [first] = report.failures;
  if (first === undefined) throw new Error(`not found within ${BOUND} seeds`);
  expect(first.problems[0]).toContain('was acknowledged and is not stored');
  const description = describeFailure('vault', first);
  expect(description).toContain(`--seed ${first.seed} --runs 1`);
  expect(description).toMatch(/faults\./);

  const again = await runOnce(bad, first.seed);
  expect(again).toEqual(first);
});

test('one that waits for its commit is not', async () => {
  const report = await runSimulation(simulate('after the commit'), { seed: 1, runs: BOUND });
  expect(report.failures).toEqual([]);
});
