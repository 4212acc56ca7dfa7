import { defineCase } from './case.ts';

/** `jnextday` while the network is in two parts; an agent among those cut off may be two runs behind when it is back. */
export const simulation = defineCase({
  file: 'jnextday-and-partition',
  async script(scene) {
    const { world, random, network } = scene;
    scene.work();
    const hosts = random.shuffle(network.hosts);
    const away = hosts.slice(0, 1 + random.int(Math.ceil(hosts.length / 2)));
    const silent = random.chance(0.5);
    for (const one of away) {
      for (const other of hosts.filter((host) => !away.includes(host))) {
        world.network.cut(one, other, { silent });
      }
    }
    await world.run(random.between(0, 2_000));
    for (let day = 0; day < 2; day += 1) {
      scene.ask({ c: 'jnextday' });
      await world.run(random.between(2_000, 13_000));
    }
    world.network.heal();
    await world.run(random.between(0, 3_000));
    if (scene.run > 1) scene.reached('next-plan', { run: scene.run, away });
  },
});
