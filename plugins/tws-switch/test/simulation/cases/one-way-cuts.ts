import { defineCase } from './case.ts';

const TIMES = 5;

/** Paths that carry one way alone: between a manager and others, around switches. */
export const simulation = defineCase({
  file: 'one-way-cuts',
  shape: { fullStatus: 2, leastFullStatus: 2 },
  async script(scene) {
    const { world, random, network } = scene;
    scene.work();
    for (let n = 0; n < TIMES; n += 1) {
      const one = network.hostOf(random.pick([scene.manager(), ...scene.agents()]));
      const others = random.shuffle(network.hosts.filter((host) => host !== one));
      const many = random.chance(0.4) ? others.length : 1 + random.int(2);
      const isOutward = random.chance(0.5);
      for (const other of others.slice(0, many)) {
        const [from, to] = isOutward ? [one, other] : [other, one];
        world.network.cut(from, to, { oneWay: true });
      }
      await world.run(random.between(100, 3_000));
      if (random.chance(0.6)) network.switchManager(random.pick(scene.agents()));
      await world.run(random.between(500, 5_000));
      world.network.heal();
      await world.run(random.between(0, 2_000));
    }
  },
});
