import { defineCase } from './case.ts';

const JOBS = 12;
const MOST_AWAY_MS = 3_000;

/**
 * Jobs are submitted that wait for others, anywhere in the network, which have
 * ended already or have not begun: whoever runs them must hear of those, also
 * where it, or who decides about the other, was away.
 */
export const simulation = defineCase({
  file: 'submitted-after',
  shape: { domains: 2, fullStatus: 1, plain: 2 },
  async script(scene) {
    const { world, random, network } = scene;
    let last = scene.submit(random.pick(network.present).name);
    for (let n = 1; n < JOBS; n += 1) {
      await world.run(random.chance(0.5) ? random.between(0, 2_000) : 0);
      const { name: ws } = random.pick(network.present);
      if (random.chance(0.3)) beAway(ws);
      last = scene.submit(ws, random.between(0.05, 1), random.chance(0.8) ? last : undefined);
      if (random.chance(0.2)) beAway(random.pick(network.present).name);
    }
    scene.reached('submitted');
    await world.run(3_000);

    function beAway(ws: string): void {
      if (!scene.isUp(ws)) return;
      world.spawn(async () => {
        scene.host(ws).crash();
        await world.sleep(random.between(200, MOST_AWAY_MS));
        scene.host(ws).restart();
      });
    }
  },
  check: (scene) => scene.unrun(),
});
