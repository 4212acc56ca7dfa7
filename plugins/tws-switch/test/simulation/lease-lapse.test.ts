import { runOnce } from '@ftctl/sim';
import { expect, it } from 'vitest';
import { defineCase } from './cases/case.ts';

/** Longer than a lease. */
const LEAP_MS = 5_000;

it('begins again what a lease that ran out for a moment has ended, also when nobody saw it end', async () => {
  const said: boolean[] = [];
  let changes = 0;
  let leapMs = 0;
  const simulation = defineCase({
    file: 'lease-lapse',
    automaticSwitch: true,
    plant: {
      context: (ctx) => ({
        ...ctx,
        clock: {
          now: () => ctx.clock.now(),
          monotonic: () => ctx.clock.monotonic() + leapMs,
          setTimer: (ms, act) => ctx.clock.setTimer(ms, act),
        },
      }),
    },
    async script(scene) {
      const { world, network } = scene;
      await world.run(3_000);
      const manager = network.running(scene.manager());
      if (manager === undefined) throw new Error('nobody manages');
      const { roles } = manager.desk;
      const rolesChanged = manager.rolesChanged.bind(manager);
      manager.rolesChanged = async () => {
        changes += 1;
        await rolesChanged();
      };
      said.push(roles.acting());
      await world.run(1_000);
      expect(changes).toBe(0);
      leapMs = LEAP_MS;
      said.push(roles.acting());
      leapMs = 0;
      said.push(roles.acting());
      await world.run(1_000);
    },
  });
  const { problems } = await runOnce(simulation, 1);
  expect(problems).toEqual([]);
  expect(said).toEqual([true, false, true]);
  expect(changes).toBe(1);
});
