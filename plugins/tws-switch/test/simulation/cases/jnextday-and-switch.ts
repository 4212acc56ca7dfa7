import { defineCase } from './case.ts';

const DAYS = 3;

/** `jnextday` while the master's domain switches, or another one. */
export const simulation = defineCase({
  file: 'jnextday-and-switch',
  async script(scene) {
    const { world, random, tree, network } = scene;
    scene.work();
    for (let day = 0; day < DAYS; day += 1) {
      const domain = random.chance(0.7) ? tree.root : scene.domain;
      const next = random.pick(scene.agents(domain));
      const isBefore = random.chance(0.5);
      if (isBefore) scene.ask({ c: 'jnextday' });
      if (random.chance(0.7)) await world.run(random.between(0, 400));
      network.switchManager(next);
      await world.run(random.between(0, 300));
      if (!isBefore) scene.ask({ c: 'jnextday' });
      await world.run(random.between(1_000, 6_000));
    }
    if (scene.run > 1) scene.reached('next-plan', { run: scene.run });
  },
});
