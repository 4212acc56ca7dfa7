import { defineCase } from './case.ts';

const JOBS = 40;
const MOST_AWAY_MS = 3_000;

/**
 * Jobs are submitted anywhere: alone, into streams of this plan and of earlier
 * ones, after others. Meanwhile plans are made, managers switched, and hosts are
 * away, also while a copy of a plan that nobody will ever announce comes to them.
 */
export const simulation = defineCase({
  file: 'submitted-anywhere',
  shape: { domains: 2, fullStatus: 2, plain: 1 },
  async script(scene) {
    const { world, random, network, tree } = scene;
    const jobs: string[] = [];
    const streams: string[] = [];
    for (let n = 1; n <= JOBS; n += 1) {
      await world.run(random.chance(0.3) ? random.between(200, 1_500) : random.between(0, 100));
      if (random.chance(0.12)) beAway(random.pick(network.present).name);
      if (random.chance(0.15)) scene.ask({ c: 'jnextday' });
      const core = tree.coreOf(random.pick(scene.domains));
      if (random.chance(0.04)) network.switchManager(random.pick(core));
      submit(`IN_${n}`, random.pick(network.present).name);
    }
    scene.reached('submitted', { jobs: jobs.length });
    await world.run(8_000);

    function submit(name: string, ws: string): void {
      const isAfter = jobs.length > 0 && random.chance(0.5);
      const follows = isAfter ? [{ kind: 'job', id: random.pick(jobs) } as const] : [];
      const into = streams.length > 0 && random.chance(0.5) ? random.pick(streams) : undefined;
      const stream = into ?? `${ws}#${name}.${scene.run}`;
      if (into === undefined) streams.push(stream);
      jobs.push(`${stream}.${name}`);
      const job = { ws, name, command: `sleep ${random.chance(0.3) ? 3 : 0.2}`, follows };
      const submission = { ...job, priority: 10, recovery: 'continue' } as const;
      scene.ask({
        c: 'submit',
        submission: into === undefined ? submission : { ...submission, into },
      });
    }

    function beAway(ws: string): void {
      if (!scene.isUp(ws)) return;
      world.spawn(async () => {
        scene.host(ws).crash();
        await world.sleep(random.between(200, MOST_AWAY_MS));
        scene.host(ws).restart();
      });
    }
  },
  check: ({ network, tree }) => {
    const parts = [...network.partsOf(network.managerOf(tree.root)).values()];
    return parts.flatMap((part) =>
      part.kind === 'job' && part.id.includes('.IN_') && part.s?.state !== 'SUCC'
        ? [`unrun: ${part.id} is ${part.s?.state ?? 'nothing'}`]
        : [],
    );
  },
});
