import { defineCase } from './case.ts';

/** Two full-status agents, and the one that lacks messages becomes manager: the other supplies them. */
export const simulation = defineCase({
  file: 'one-behind',
  shape: { fullStatus: 2, leastFullStatus: 2 },
  async script(scene) {
    const { world, random, network } = scene;
    const manager = scene.manager();
    const [behind = '', ahead = ''] = random.shuffle(scene.agents());
    scene.work(100);
    scene.cutOff(behind);
    await world.run(random.between(1_500, 6_000));
    scene.host(manager).crash({ power: random.chance(0.5) });
    const missing = lacks(behind, ahead);
    if (missing > 0) scene.reached('behind', { behind, missing });
    scene.join(behind);
    await scene.switchTo(behind);
    await world.run(random.between(0, 3_000));
    scene.host(manager).restart();
    await world.run(3_000);

    function lacks(one: string, other: string): number {
      const known = network.partsOf(one);
      return [...network.partsOf(other)].filter(([key]) => !known.has(key)).length;
    }
  },
});
