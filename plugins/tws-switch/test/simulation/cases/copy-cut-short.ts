import { loseDisk } from '../losses.ts';
import { defineCase } from './case.ts';

/**
 * A manager loses its disk while a full-status agent copies its ftboxes, and the
 * agent takes its place: what an agent that was down all the time lacks must still
 * be in the agent's own.
 */
export const simulation = defineCase({
  file: 'copy-cut-short',
  shape: { fullStatus: 2, leastFullStatus: 2, plain: 3 },
  automaticSwitch: false,
  async script(scene) {
    const { world, random, network, tree } = scene;
    const manager = scene.manager();
    const [next = ''] = random.shuffle(scene.agents());
    const [away] = random.shuffle(tree.plainOf(scene.domain));
    if (away !== undefined) scene.host(away).crash();
    scene.work(100);
    await world.run(random.between(1_000, 5_000));
    const begun = copyBoxes();
    await world.run(random.between(0, 20));
    await world.settle(
      loseDisk(network, network.hostOf(manager), { awayMs: random.between(500, 2_000) }),
    );
    if ((await world.settle(begun)) === 'failed') scene.reached('cut-short', { manager, next });
    await scene.switchTo(next);
    if (away !== undefined) scene.host(away).restart();
    await world.run(3_000);

    function copyBoxes(): Promise<'done' | 'failed'> {
      return new Promise((resolve) => {
        network.plugin(next).process.enter('delivery', () => {
          network
            .running(next)
            ?.initialiser.fetch(manager, 'all')
            .then(
              () => resolve('done'),
              () => resolve('failed'),
            );
        });
      });
    }
  },
});
