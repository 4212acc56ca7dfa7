import { runOnce, type Simulation } from '@ftctl/sim';
import { expect, it } from 'vitest';
import { defineCase } from './cases/case.ts';
import type { Scene } from './cases/scene.ts';

const SEEDS = [1, 2, 3, 4, 5];

/**
 * The loss that the feature is made for: a manager has taken in what it was to
 * pass on, could not do so yet, and dies for good.
 */
function lostWithManager(switchFaultTolerance: boolean): Simulation<Scene> {
  return defineCase({
    file: 'lost-with-manager',
    switchFaultTolerance,
    shape: { plain: 3 },
    automaticSwitch: false,
    async script(scene) {
      const { world, network, tree } = scene;
      const manager = scene.manager();
      const members = tree.membersOf(scene.domain).map(({ name }) => network.hostOf(name));
      for (let n = 0; n < 4; n += 1) {
        for (const { name } of tree.membersOf(scene.domain)) {
          if (name !== manager) scene.submit(name, 2);
        }
      }
      await world.run(1_000);
      // From above it is cut off; in its domain it is not.
      const others = network.hosts.filter((host) => !members.includes(host));
      scene.cutOff(manager, others, true);
      await world.run(4_000);
      scene.lose(manager);
      await scene.switchTo(await scene.candidate(), true);
      await world.run(5_000);
    },
  });
}

it('loses what the old manager had not sent on when switch fault tolerance is off, and nothing when it is on', async () => {
  const lost: string[] = [];
  for (const seed of SEEDS) {
    lost.push(...(await runOnce(lostWithManager(false), seed)).problems);
    expect((await runOnce(lostWithManager(true), seed)).problems).toEqual([]);
  }
  expect(lost.join('\n')).toMatch(/^copy: \S+ has \S+ as .* instead of /m);
});
