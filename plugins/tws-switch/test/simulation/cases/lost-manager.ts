import { defineCase } from './case.ts';
import type { SceneOptions } from './scene.ts';

/**
 * A manager that is cut off from the domain above dies for good with what it
 * had to send. With switch fault tolerance its full-status agent has all of it;
 * without, the original's loss: the master never hears of it.
 */
export function lostManager(options: Pick<SceneOptions, 'switchFaultTolerance'>) {
  return defineCase({
    file: 'lost-manager',
    ...options,
    automaticSwitch: false,
    async script(scene) {
      const { world, random, network, tree } = scene;
      const manager = scene.manager();
      scene.work(100);
      const above = tree.coreOf(tree.root).map((ws) => network.hostOf(ws));
      scene.cutOff(manager, above, true);
      await world.run(random.between(2_000, 5_000));
      scene.lose(manager);
      await scene.switchTo(random.pick(scene.agents()), true);
      await world.run(3_000);
    },
  });
}

export const simulation = lostManager({});
