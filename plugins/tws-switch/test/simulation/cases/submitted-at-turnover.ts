import { defineCase } from './case.ts';

const LONG_S = 6;
const JOBS = 12;
const MOST_AWAY_MS = 2_000;

/**
 * A plan was made and is on its way to everybody, a stream carried forward with it,
 * and jobs are submitted into that stream: who hears of them first, and then comes
 * to the plan by a copy from before, must not take them for what the plan has left
 * behind.
 */
export const simulation = defineCase({
  file: 'submitted-at-turnover',
  shape: { domains: 2, fullStatus: 1, plain: 2 },
  async script(scene) {
    const { world, random, network, tree } = scene;
    const { name: ws } = random.pick(network.present);
    const stream = scene.submit(ws, LONG_S);
    const into = `${ws}#${stream}.${scene.run}`;
    await world.run(1_000);
    const [master, run] = [scene.manager(tree.root), scene.run + 1];
    scene.ask({ c: 'jnextday' });
    await scene.untilSoon(() => network.runOf(master) >= run, 'the master works with the new plan');
    let last = `${into}.${stream}`;
    for (let n = 1; n <= JOBS; n += 1) {
      await world.run(random.between(0, 150));
      const { name: on } = random.pick(network.present);
      if (random.chance(0.15)) beAway(random.pick(network.present).name);
      const follows = random.chance(0.5) ? [{ kind: 'job', id: last } as const] : [];
      const job = { ws: on, name: `IN_${n}`, command: 'sleep 0.2', follows } as const;
      scene.ask({ c: 'submit', submission: { ...job, into, priority: 10, recovery: 'continue' } });
      last = `${into}.IN_${n}`;
    }
    scene.reached('submitted', { into, master });
    await world.run(LONG_S * 1_000);

    function beAway(name: string): void {
      if (name === master || !scene.isUp(name)) return;
      world.spawn(async () => {
        scene.host(name).crash();
        await world.sleep(random.between(200, MOST_AWAY_MS));
        scene.host(name).restart();
      });
    }
  },
  check: (scene) => scene.notWell('.IN_'),
});
