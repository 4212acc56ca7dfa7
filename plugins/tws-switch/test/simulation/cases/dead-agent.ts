import { defineCase } from './case.ts';

const SMALL_MB = 0.004;

/** Roads and logs are small, and an agent is dead for so long that its own overflows: nobody else is stopped. */
export const simulation = defineCase({
  file: 'dead-agent',
  shape: { plain: 3 },
  roadMb: SMALL_MB,
  ownMb: 2 * SMALL_MB,
  async script(scene) {
    const { world, random, network, tree } = scene;
    const agents = [...tree.topology.workstations.values()].filter(({ type }) => type === 'fta');
    const { name: dead } = random.pick(agents);
    scene.host(dead).crash({ power: true });
    const others = network.present.map(({ name }) => name).filter((name) => name !== dead);
    for (let n = 0; n < 60; n += 1) {
      scene.submit(random.pick(others), 0.05);
      const master = scene.manager(tree.root);
      // What waits for it must fit into its own log when it is carried out.
      if (n % 5 === 0) network.command(master, dead, { c: 'limit', ws: dead, limit: 1 + n });
      await world.run(100);
    }
    await world.run(8_000);
    const stopped = scene.unrun();
    if (stopped.length > 0) world.problem(`stopped while ${dead} is dead: ${stopped[0]}`);
    if (gaveUp(dead)) scene.reached('gave-up', { dead });
    scene.host(dead).restart();
    await world.run(5_000);

    /** Somebody has let go of what waits for it. */
    function gaveUp(ws: string): boolean {
      return network.present.some(({ name }) => {
        const station = network.running(name);
        const dropped = station?.desk.book.plan.cpu(name).dropped?.agents ?? [];
        return station?.dropped.has(ws) === true || dropped.includes(ws);
      });
    }
  },
});
