import { defineCase } from './case.ts';

const TIMES = 8;
const MOST_CALLS = 30;
const MOST_FLUSHES = 4;

/** Plugin, launcher or machine dies between intent, claim, execution and record of a job; then the machine boots again. */
export const simulation = defineCase({
  file: 'killed-jobs',
  async script(scene) {
    const { world, random, network } = scene;
    for (let n = 0; n < TIMES; n += 1) {
      const { name: ws } = random.pick(network.present);
      const host = scene.host(ws);
      for (let job = 0; job < 3; job += 1) scene.submit(ws);
      const disarm = random.pick([
        () => host.crashAtCall(1 + random.int(MOST_CALLS)),
        () => host.crashInFlush(1 + random.int(MOST_FLUSHES), { power: random.chance(0.5) }),
        () => () => undefined,
      ])();
      await world.run(random.between(0, 1_500));
      const jobs = network.jobsOf(network.hostOf(ws));
      const isKilled = random.chance(0.5) && jobs.killLauncher();
      if (isKilled) scene.reached('launcher-killed', { ws });
      await world.run(random.between(0, 300));
      disarm();
      if (random.chance(0.6)) host.crash({ power: true });
      await world.run(random.between(0, 1_000));
      host.restart();
    }
    await world.run(5_000);
    confirmDone();
    await world.run(3_000);

    /** What ended nobody knows how is confirmed by an operator, and what follows goes on. */
    function confirmDone(): void {
      const master = scene.manager(scene.tree.root);
      for (const part of network.partsOf(master).values()) {
        if (part.kind !== 'job' || part.s?.state !== 'DONE' || part.def === undefined) continue;
        scene.reached('done', { job: part.id });
        network.command(master, part.def.ws, { c: 'confirm', job: part.id, as: 'succ' });
      }
    }
  },
});
