import { defineCase } from './case.ts';

const JOBS = 6;

/**
 * A master makes a plan that nobody has seen when it dies. Whoever takes its place
 * accepts work into the plan before, and hears of the other one only when the old
 * master is back: what was accepted must run, whichever of the two plans counts.
 */
export const simulation = defineCase({
  file: 'submitted-to-new-master',
  shape: { domains: 1, fullStatus: 1, plain: 1 },
  automaticSwitch: false,
  async script(scene) {
    const { world, random, network, tree } = scene;
    const old = scene.manager(tree.root);
    const agent = await scene.candidate(tree.root);
    scene.cutOff(agent, [network.hostOf(old)]);
    await world.run(random.between(0, 500));
    scene.ask({ c: 'jnextday' });
    await world.run(random.between(50, 500));
    scene.host(old).crash();
    scene.join(agent);
    await scene.switchTo(agent, true);
    const names: string[] = [];
    for (let n = 0; n < JOBS; n += 1) {
      const after = random.chance(0.3) ? names.at(-1) : undefined;
      const { name: ws } = random.pick(network.present);
      names.push(scene.submit(ws, random.between(0.2, 4), after));
      await world.run(random.between(0, 400));
    }
    scene.reached('submitted', { old, agent, run: network.runOf(agent) });
    scene.host(old).restart();
    await world.run(20_000);
    const ended = new Set(world.history.of('job.ended').map(({ job }) => String(job)));
    for (const name of names) {
      const hasRun = [...ended].some((job) => job.endsWith(`.${name}`));
      if (!hasRun) scene.reached('unrun', { name });
    }
  },
  check: ({ world }) => world.history.of('case.unrun').map(({ name }) => `unrun: ${name}`),
});
