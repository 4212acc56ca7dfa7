import { defineCase } from './case.ts';

const TIMES = 6;

/** Two `switchmgr` at once in one domain: at the same moment, or a little apart. */
export const simulation = defineCase({
  file: 'two-at-once',
  shape: { fullStatus: 2, leastFullStatus: 2 },
  async script(scene) {
    const { world, random, network, tree } = scene;
    scene.work();
    for (let n = 0; n < TIMES; n += 1) {
      const [one = '', other = ''] = random.shuffle(tree.coreOf(scene.domain));
      network.switchManager(one);
      if (random.chance(0.5)) await world.run(random.between(0, 150));
      network.switchManager(other);
      await world.run(random.between(100, 3_000));
    }
    await scene.untilSoon(() => network.acting(scene.domain).length > 0, 'somebody manages');
  },
});
