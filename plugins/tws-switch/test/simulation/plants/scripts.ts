import type { Simulation } from '@ftctl/sim';
import { defineCase } from '../cases/case.ts';
import type { Scene } from '../cases/scene.ts';
import type { Plant } from '../tws-network.ts';

/** A script in which a bug shows, to be played with it and without. */
export type Script = (plant?: Plant) => Simulation<Scene>;

/** What an agent lacks waits in the ftboxes when its domain switches, while more comes in for it. */
export const switchBehindCut: Script = (plant) =>
  defineCase({
    file: 'switch-behind-cut',
    shape: { plain: 3 },
    ...(plant === undefined ? {} : { plant }),
    async script(scene) {
      const { world, random, network, tree } = scene;
      const old = scene.manager();
      const [agent] = tree.plainOf(scene.domain);
      if (agent === undefined) return;
      world.network.cut(network.hostOf(old), network.hostOf(agent), { silent: false });
      world.spawn(async () => {
        for (let n = 0; n < 250; n += 1) {
          const master = scene.manager(tree.root);
          network.command(master, agent, { c: 'limit', ws: agent, limit: 1 + random.int(9) });
          await world.sleep(10);
        }
      });
      await world.run(random.between(200, 600));
      await scene.switchTo(await scene.candidate());
      await world.run(3_000);
    },
  });

/** Whoever voted for one manager is switched off, and then votes for another. */
export const voteTwice: Script = (plant) =>
  defineCase({
    file: 'vote-twice',
    // A neighbour would remember the epoch.
    shape: { domains: 0, plain: 0 },
    ...(plant === undefined ? {} : { plant }),
    async script(scene) {
      const { world, network, domains } = scene;
      const domain = domains.find((name) => scene.agents(name).length > 1);
      if (domain === undefined) return;
      const old = scene.manager(domain);
      const [first = '', second = ''] = scene.agents(domain);
      scene.host(old).crash({ power: true });
      await scene.switchTo(first);
      scene.cutOff(first);
      scene.host(second).crash({ power: true });
      scene.host(second).restart();
      scene.host(old).restart();
      await world.run(3_000);
      network.switchManager(second);
      await world.run(5_000);
    },
  });

/** A plugin dies while its disk hangs and it has jobs to launch; their launchers live on. */
export const deathBehindHangingDisk: Script = (plant) =>
  defineCase({
    file: 'death-behind-hanging-disk',
    ...(plant === undefined ? {} : { plant }),
    async script(scene) {
      const { world, random, network } = scene;
      for (let n = 0; n < 8; n += 1) {
        const { name: ws } = random.pick(network.present);
        const host = scene.host(ws);
        for (let job = 0; job < 3; job += 1) scene.submit(ws, 0.1);
        await world.run(random.between(5, 30));
        host.disk.hold();
        await world.run(random.between(50, 200));
        host.crash();
        host.disk.release();
        await world.run(random.between(1_000, 2_000));
        host.restart();
        await world.run(1_000);
      }
    },
  });

/** A full-status agent is away until it is dropped, and comes back behind a gap. */
export const backBehindGap: Script = (plant) =>
  defineCase({
    file: 'back-behind-gap',
    ownMb: 0.008,
    ...(plant === undefined ? {} : { plant }),
    async script(scene) {
      const { world, random, network } = scene;
      const away = await scene.candidate();
      scene.host(away).crash({ power: true });
      const others = network.present.map(({ name }) => name).filter((name) => name !== away);
      for (let n = 0; n < 40; n += 1) {
        scene.submit(random.pick(others), 0.05);
        await world.run(100);
      }
      await world.run(5_000);
      scene.host(away).restart();
      await world.run(3_000);
    },
  });
