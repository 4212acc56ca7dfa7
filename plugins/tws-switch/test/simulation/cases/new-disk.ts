import { loseDisk } from '../losses.ts';
import { defineCase } from './case.ts';

/** An agent, a full-status agent or a manager is installed again with an empty disk, or with an old one from a backup. */
export const simulation = defineCase({
  file: 'new-disk',
  async script(scene) {
    const { world, random, network, tree } = scene;
    scene.work();
    const domain = random.pick(scene.domains);
    const plain = tree.plainOf(domain);
    const manager = scene.manager(domain);
    const role = random.pick(['manager', 'full-status agent', 'agent'] as const);
    const isAgent = role === 'agent' && plain.length > 0;
    const ws = isAgent
      ? random.pick(plain)
      : role === 'manager'
        ? manager
        : await scene.candidate(domain);
    const isRestored = random.chance(0.5);
    await world.run(random.between(500, 3_000));
    scene.reached('loss', { ws, role, isRestored });
    await world.settle(
      loseDisk(network, network.hostOf(ws), {
        ...(isRestored ? { backupAgeMs: random.between(200, 6_000) } : {}),
        awayMs: random.between(500, 4_000),
      }),
    );
    if (ws === manager && random.chance(0.5)) await scene.switchTo(await scene.candidate(domain));
    await world.run(5_000);
  },
});
