import { defineCase } from './case.ts';

const DAYS = 4;
const MOST_CALLS = 80;
const MOST_FLUSHES = 8;

/** Somebody dies at any step of `jnextday`: the master, a full-status agent of it, or anybody else. */
export const simulation = defineCase({
  file: 'jnextday-steps',
  async script(scene) {
    const { world, random, tree, network } = scene;
    scene.work();
    for (let day = 0; day < DAYS; day += 1) {
      await scene.untilSoon(() => network.acting(tree.root).length > 0, 'somebody is master');
      const others = network.present.map(({ name }) => name);
      const dying = random.pick([
        scene.manager(tree.root),
        await scene.candidate(tree.root),
        random.pick(others),
      ]);
      const disarm = random.chance(0.7)
        ? scene.host(dying).crashAtCall(1 + random.int(MOST_CALLS))
        : scene.host(dying).crashInFlush(1 + random.int(MOST_FLUSHES), {
            power: random.chance(0.5),
          });
      scene.ask({ c: 'jnextday' });
      await world.run(random.between(500, 4_000));
      disarm();
      if (!scene.host(dying).up) scene.reached('died', { dying });
      scene.host(dying).restart();
    }
    await scene.nextPlan();
  },
});
