import { definePlugin, text } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import {
  defineSimulation,
  type FaultKind,
  judge,
  oneHolder,
  planFaults,
  runFaults,
  runOnce,
  runSimulation,
  shrinkRun,
  type World,
} from '../src/index.ts';

const alive = { name: 'alive', codec: text };
const BEAT_MS = 100;
const SILENCE_MS = 1_000;

/** Acts as the manager while it runs; the standby takes over after silence, and steps back at a beat. */
function pair(world: World) {
  const note = (kind: string, host: string) =>
    world.history.record(kind, { host, role: 'manager' });
  return definePlugin<{ readonly isStandby: boolean }>({
    setup(ctx) {
      const { name } = ctx.host;
      let lastHeardMs = ctx.clock.monotonic();
      let acts = false;
      const beat = () => {
        ctx.link.beat(alive, { host: 'standby' }, 'here');
        ctx.clock.setTimer(BEAT_MS, beat);
      };
      const watch = () => {
        if (!acts && ctx.clock.monotonic() - lastHeardMs > SILENCE_MS) {
          acts = true;
          note('role.taken', name);
        }
        ctx.clock.setTimer(BEAT_MS, watch);
      };
      return {
        start() {
          if (ctx.config.isStandby) {
            ctx.link.onBeat(alive, () => {
              lastHeardMs = ctx.clock.monotonic();
              if (acts) note('role.left', name);
              acts = false;
            });
            watch();
          } else {
            note('role.taken', name);
            beat();
          }
        },
        stop: () => undefined,
        health: () => ({ state: 'ok' }),
      };
    },
  });
}

function simulate(kinds: readonly FaultKind[]) {
  return defineSimulation({
    name: 'managers',
    async run(world) {
      const config = (isStandby: boolean) => ({ id: 'manager', config: { isStandby } });
      world.startPlugin('master', pair(world), config(false));
      world.startPlugin('standby', pair(world), config(true));
      await world.run(500);
      const random = world.random.fork('faults');
      const plan = { hosts: ['master', 'standby'], kinds, durationMs: 8_000, quietMs: 3_000 };
      await runFaults(world, planFaults(random, { ...plan, maxFaultMs: 4_000 }));
    },
    // A master that comes back is heard within a dial and a beat.
    check: (world) => judge(world.history, [oneHolder('manager', { overlapMs: 500 })]),
  });
}

test('a take-over by silence alone makes two managers under a cut, and one cut shows it', async () => {
  const simulation = simulate(['cut', 'crash', 'pause']);
  const { failures } = await runSimulation(simulation, { seed: 1, runs: 10 });
  const [found] = failures;
  if (found === undefined) throw new Error('not found within 10 seeds');
  expect(found.problems[0]).toMatch(/^two holders: \w+ and \w+ held manager at once for /);
  const shrunk = await shrinkRun(
    (reduction) => runOnce(simulation, found.seed, { reduction }),
    found,
    { maxRuns: 100, maxMs: 40_000 },
  );
  const left = shrunk.outcome.planned.filter(({ happens }) => happens);
  expect(left.map(({ fault }) => fault.kind)).toEqual([expect.stringMatching(/cut|pause/)]);
}, 60_000);

test('under crashes alone there is one at a time', async () => {
  const { failures } = await runSimulation(simulate(['crash']), { seed: 1, runs: 10 });
  expect(failures.map(({ problems }) => problems[0])).toEqual([]);
});
