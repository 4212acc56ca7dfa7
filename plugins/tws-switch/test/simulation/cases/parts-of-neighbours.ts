import { loseDisk } from '../losses.ts';
import { defineCase } from './case.ts';

const JOBS = 4;
const FIRST_S = 2.5;
/** Until the jobs that come after it have begun, and a little more. */
const BEGUN_MS = 3_500;

/**
 * The master launches jobs while its full-status agent is down, and gets an older
 * disk. The domain below knows of the launches, for jobs there wait for them. A
 * plain agent has heard something later and knows nothing of them: it must not be
 * taken for one who knows all.
 */
export const simulation = defineCase({
  file: 'parts-of-neighbours',
  shape: { domains: 1, fullStatus: 1, plain: 1 },
  automaticSwitch: false,
  async script(scene) {
    const { world, random, network, tree } = scene;
    const master = scene.manager(tree.root);
    const agent = await scene.candidate(tree.root);
    const below = scene.manager();
    const plain = tree.membersOf(tree.root).find(({ fullStatus }) => !fullStatus)?.name ?? agent;
    await world.run(random.between(1_000, 4_000));
    const first = scene.submit(master, FIRST_S);
    for (let n = 0; n < JOBS; n += 1) {
      scene.submit(below, 0.2, scene.submit(master, 0.2, first));
    }
    await world.run(400);
    const lost = loseDisk(network, network.hostOf(master), {
      backupAgeMs: BEGUN_MS,
      awayMs: random.between(500, 2_000),
    });
    scene.host(agent).crash();
    await world.run(BEGUN_MS - 300);
    network.command(master, plain, { c: 'limit', ws: plain, limit: 7 });
    await world.settle(lost);
    scene.reached('renewed', { master, plain });
    scene.host(agent).restart();
    await world.run(3_000);
  },
});
