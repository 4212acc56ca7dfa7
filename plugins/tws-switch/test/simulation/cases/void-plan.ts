import { defineCase } from './case.ts';

/**
 * A new plan is on the disk of the master and of one full-status agent; the other
 * one, which has not got it, becomes manager, so that the plan is void; and while
 * the agent goes back to the plan before, it becomes manager itself.
 */
export const simulation = defineCase({
  file: 'void-plan',
  shape: { fullStatus: 2, leastFullStatus: 2 },
  automaticSwitch: false,
  async script(scene) {
    const { world, random, network, tree } = scene;
    // Streams end, and are left behind by the new plan.
    await world.run(random.between(3_000, 12_000));
    const master = scene.manager(tree.root);
    const [without = '', having = ''] = random.shuffle(scene.agents(tree.root));
    const run = scene.run + 1;
    scene.cutOff(without, [network.hostOf(master)]);
    scene.ask({ c: 'jnextday' });
    await scene.untilSoon(() => network.runOf(having) === run, `plan ${run} is on ${having}`);
    if (random.chance(0.7)) world.network.heal();
    network.switchManager(without);
    await world.run(random.between(0, 600));
    network.switchManager(having);
    if (network.runOf(without) < run) scene.reached('void', { without, having });
    await world.run(random.between(1_000, 6_000));
  },
});
