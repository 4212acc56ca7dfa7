import { defineCase } from './case.ts';

const TIMES = 4;

/** Domains of two members, manager and full-status agent: the manager dies, or both lose sight of each other. */
export const simulation = defineCase({
  file: 'two-members',
  shape: { fullStatus: 1, plain: 0 },
  async script(scene) {
    const { world, random, network, tree } = scene;
    scene.work();
    for (let n = 0; n < TIMES; n += 1) {
      const old = scene.manager();
      const next = await scene.candidate();
      const isCut = random.chance(0.4);
      if (isCut) world.network.cut(network.hostOf(old), network.hostOf(next), { silent: true });
      else scene.host(old).crash({ power: random.chance(0.5) });
      const isAutomatic = tree.domain(scene.domain).automaticSwitch;
      if (isAutomatic) await world.run(random.between(500, 6_000));
      else {
        network.switchManager(next);
        await world.run(random.between(500, 4_000));
      }
      if (scene.acts(next)) scene.reached('switched', { to: next });
      scene.host(old).restart();
      world.network.heal();
      await scene.untilSoon(() => network.acting(scene.domain).length > 0, 'somebody manages');
    }
  },
});
