import { defineCase } from './case.ts';

/** One host of each domain is lost for ever. The rest goes on, and what was in custody is there. */
export const simulation = defineCase({
  file: 'permanent-loss',
  shape: { domains: 2 },
  async script(scene) {
    const { world, random, tree, network } = scene;
    scene.work(100);
    await world.run(random.between(0, 3_000));
    for (const domain of random.shuffle(scene.domains)) {
      const isManager = random.chance(0.6);
      const members = tree.membersOf(domain).map(({ name }) => name);
      const ws = isManager ? scene.manager(domain) : random.pick(members);
      scene.lose(ws);
      if (random.chance(0.5)) await world.run(random.between(0, 3_000));
    }
    await world.run(random.between(2_000, 5_000));
    for (const domain of scene.domains) {
      if (network.acting(domain).length > 0) continue;
      // An operator, who knows that the manager will never return.
      await scene.switchTo(await scene.candidate(domain), true);
    }
    await scene.nextPlan();
    scene.work();
    await world.run(3_000);
  },
  check: (scene) => scene.unrun(),
});
