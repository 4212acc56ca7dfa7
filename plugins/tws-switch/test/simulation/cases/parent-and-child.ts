import { defineCase } from './case.ts';

const TIMES = 4;

/** A domain and the one below it switch at the same time, by hand or because both managers die. */
export const simulation = defineCase({
  file: 'parent-and-child',
  shape: { domains: 2 },
  async script(scene) {
    const { world, random, network, tree } = scene;
    scene.work();
    for (let n = 0; n < TIMES; n += 1) {
      const child = random.pick(scene.domains.slice(1));
      const parent = tree.parentOf(child) ?? tree.root;
      const dead = [child, parent].map((domain) => scene.manager(domain));
      const next = [await scene.candidate(child), await scene.candidate(parent)];
      const isCrash = random.chance(0.5);
      if (isCrash) for (const ws of dead) scene.host(ws).crash({ power: random.chance(0.5) });
      for (const ws of next) network.switchManager(ws);
      await world.run(random.between(200, 5_000));
      for (const ws of dead) scene.host(ws).restart();
      for (const domain of [child, parent]) {
        await scene.untilSoon(() => network.acting(domain).length > 0, `${domain} is managed`);
      }
    }
  },
});
