import { defineCase } from './case.ts';

const LONG_S = 8;

/**
 * Jobs are submitted into a stream that was carried forward from an earlier plan.
 * Most who are to run them have nothing of that stream, which to them is of the
 * past; they must take them for what they are.
 */
export const simulation = defineCase({
  file: 'submitted-into',
  shape: { domains: 1, fullStatus: 1, plain: 2 },
  async script(scene) {
    const { world, random, network, tree } = scene;
    const { name: ws } = random.pick(network.present);
    const into = `${ws}#${scene.submit(ws, LONG_S)}.${scene.run}`;
    await world.run(1_000);
    await scene.nextPlan();
    for (const { name } of network.present) {
      const isOther = name !== scene.manager(tree.root);
      if (isOther && random.chance(0.2) && scene.isUp(name)) reboot(name);
      const follows = random.chance(0.5)
        ? [{ kind: 'job', id: `${into}.${into.split(/[#.]/)[1]}` } as const]
        : [];
      const job = { ws: name, name: `IN_${name}`, command: 'sleep 0.2', follows } as const;
      scene.ask({ c: 'submit', submission: { ...job, into, priority: 10, recovery: 'continue' } });
      await world.run(random.between(0, 1_000));
    }
    await world.run(LONG_S * 1_000);
    scene.reached('submitted', { into, master: scene.manager(tree.root) });

    function reboot(host: string): void {
      world.spawn(async () => {
        scene.host(host).crash();
        await world.sleep(random.between(200, 2_000));
        scene.host(host).restart();
      });
    }
  },
  check: (scene) => scene.notWell('.IN_'),
});
