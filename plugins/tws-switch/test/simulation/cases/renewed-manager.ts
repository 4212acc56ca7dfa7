import { loseDisk } from '../losses.ts';
import { defineCase } from './case.ts';

const REQUESTS = 5;

/**
 * A manager gets an older disk back, and goes on as manager. A full-status agent
 * was away while it said what it does not know any more: only the other agent can
 * have heard that, and it is no manager.
 */
export const simulation = defineCase({
  file: 'renewed-manager',
  shape: { fullStatus: 2, leastFullStatus: 2 },
  automaticSwitch: false,
  async script(scene) {
    const { world, random, network } = scene;
    const manager = scene.manager();
    const [away = ''] = random.shuffle(scene.agents());
    await world.run(random.between(2_000, 8_000));
    scene.host(away).crash();
    const lost = loseDisk(network, network.hostOf(manager), {
      backupAgeMs: random.between(3_000, 5_000),
      awayMs: random.between(500, 2_000),
    });
    for (let n = 0; n < REQUESTS; n += 1) {
      await world.run(500);
      network.command(manager, away, { c: 'limit', ws: away, limit: 10 + n });
    }
    await world.settle(lost);
    scene.reached('renewed', { manager, away });
    await world.run(random.between(0, 2_000));
    scene.host(away).restart();
    await world.run(3_000);
  },
});
