import { defineCase } from './case.ts';

/** An old manager that restarts where it reaches no majority stays isolated, at each further start too. */
export const simulation = defineCase({
  file: 'minority',
  shape: { fullStatus: 2, leastFullStatus: 2 },
  async script(scene) {
    const { world, random, network } = scene;
    const old = scene.manager();
    scene.work();
    scene.host(old).crash({ power: random.chance(0.5) });
    const next = random.pick(scene.agents());
    await world.run(random.between(0, 500));
    await scene.switchTo(next);
    scene.cutOff(old);
    for (let start = 1; start <= 3; start += 1) {
      scene.host(old).restart();
      await world.run(random.between(500, 5_000));
      if (scene.acts(old)) world.problem(`minority: ${old} acts after start ${start}`);
      if (network.running(old) !== undefined) scene.reached('isolated', { old, start });
      scene.host(old).crash({ power: random.chance(0.5) });
    }
    scene.host(old).restart();
    await world.run(500);
    scene.join(old);
    await scene.untilSoon(
      () => network.running(old)?.desk.roles.managerOf(scene.domain) !== old,
      `${old} knows that it was replaced`,
    );
    if (scene.acts(old)) world.problem(`minority: ${old} acts after it has come back`);
  },
});
