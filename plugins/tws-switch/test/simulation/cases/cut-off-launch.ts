import { HOSTED_BY_MANAGER } from '@ftctl/plan';
import { defineCase } from './case.ts';

/** A manager is cut off with jobs of an extended agent in hand: what it launches in the rest of its lease is known, or waits. */
export const simulation = defineCase({
  file: 'cut-off-launch',
  shape: { extended: 2, fullStatus: 2, leastFullStatus: 1 },
  automaticSwitch: true,
  async script(scene) {
    const { world, random, network, tree } = scene;
    const agents = [...tree.topology.workstations.values()].filter(
      ({ hostedBy, domain }) => hostedBy === HOSTED_BY_MANAGER && domain === scene.domain,
    );
    const [agent] = agents;
    if (agent === undefined) return;
    // More than its host runs at once: always one is launched when another has ended.
    for (let n = 0; n < 25; n += 1) scene.submit(agent.name, random.between(0.1, 0.8));
    await world.run(random.between(500, 1_500));
    const old = scene.manager();
    scene.cutOff(old);
    await scene.untilSoon(
      () => network.acting(scene.domain).some((ws) => ws !== old),
      `another than ${old} manages ${scene.domain}`,
    );
    await world.run(random.between(0, 3_000));
    scene.join(old);
    scene.reached('switched', { old });
    await world.run(10_000);
    for (const part of network.partsOf(scene.manager()).values()) {
      if (part.kind !== 'job' || part.def?.ws !== agent.name || part.s?.state !== 'DONE') continue;
      network.command(scene.manager(), scene.manager(), { c: 'confirm', job: part.id, as: 'succ' });
    }
  },
});
