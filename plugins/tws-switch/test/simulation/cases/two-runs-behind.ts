import { defineCase } from './case.ts';

/** An agent that is away, or works on alone, while two plans are made: what it did counts when it is back. */
export const simulation = defineCase({
  file: 'two-runs-behind',
  async script(scene) {
    const { world, random, network, tree } = scene;
    scene.work();
    const agents = [...tree.topology.workstations.values()].filter(({ type }) => type === 'fta');
    const { name: away } = random.pick(agents);
    const isDown = random.chance(0.4);
    if (isDown) scene.host(away).crash({ power: random.chance(0.5) });
    else scene.cutOff(away);
    for (let day = 0; day < 2; day += 1) {
      await world.run(random.between(500, 2_000));
      const run = scene.run + 1;
      scene.ask({ c: 'jnextday' });
      // A full-status agent of the master that does not answer is waited for some time.
      await scene.untilSoon(
        () => network.present.every(({ name }) => name === away || network.runOf(name) >= run),
        `plan ${run} is everywhere but on ${away}`,
      );
    }
    scene.reached('behind', { away, runs: scene.run - network.runOf(away), isDown });
    scene.host(away).restart();
    scene.join(away);
    await scene.untilSoon(() => network.runOf(away) === scene.run, `${away} has the newest plan`);
  },
});
