import { HOSTED_BY_MANAGER, type JobPart, type WorkstationDefinition } from '@ftctl/plan';
import { defineCase } from './case.ts';
import type { Scene } from './scene.ts';

/** Jobs of an extended agent that the manager hosts run while its domain switches: they are DONE, and await confirm. */
export const simulation = defineCase({
  file: 'extended-agent',
  shape: { extended: 2 },
  async script(scene) {
    const { world, random, network } = scene;
    const [agent] = hostedByManagers(scene);
    if (agent === undefined) return;
    const { name, domain } = agent;
    for (let n = 0; n < 4; n += 1) scene.submit(name, random.between(4, 9));
    await world.run(random.between(300, 2_500));
    const old = scene.manager(domain);
    const isDead = random.chance(0.5);
    if (isDead) scene.host(old).crash({ power: random.chance(0.5) });
    await scene.switchTo(await scene.candidate(domain));
    const handed = jobsOf(scene, name).filter(({ s }) => s !== undefined && isUnderWay(s.state));
    await world.run(4_000);
    for (const { id, s } of handed) {
      const now = jobsOf(scene, name).find((job) => job.id === id)?.s;
      if (now?.state !== 'DONE' && now?.attempt === s?.attempt && isUnderWay(now?.state ?? '')) {
        world.problem(`x-agent: ${id} is ${now?.state} after the switch, and not DONE`);
      }
    }
    scene.host(old).restart();
    await world.run(8_000);
    for (const hosted of hostedByManagers(scene)) {
      for (const { id, s } of jobsOf(scene, hosted.name)) {
        if (s?.state !== 'DONE') continue;
        scene.reached('done', { job: id });
        const manager = scene.manager(hosted.domain);
        network.command(manager, manager, { c: 'confirm', job: id, as: 'succ' });
      }
    }
    await world.run(3_000);
  },
  check: (scene) =>
    hostedByManagers(scene).flatMap(({ name }) =>
      jobsOf(scene, name).flatMap(({ id, s }) =>
        s?.state === 'DONE' ? [`unconfirmed: ${id} is DONE`] : [],
      ),
    ),
});

/** Extended agents whose jobs run wherever the manager of their domain is. */
function hostedByManagers({ tree }: Scene): readonly WorkstationDefinition[] {
  return [...tree.topology.workstations.values()].filter(
    ({ hostedBy }) => hostedBy === HOSTED_BY_MANAGER,
  );
}

function isUnderWay(state: string): boolean {
  return state === 'INTRO' || state === 'EXEC';
}

/** Jobs of a workstation as the manager of its domain sees them. */
function jobsOf(scene: Scene, ws: string): readonly JobPart[] {
  const manager = scene.manager(scene.tree.domainOf(ws));
  return [...scene.network.partsOf(manager).values()].flatMap((part) =>
    part.kind === 'job' && part.def?.ws === ws ? [part] : [],
  );
}
