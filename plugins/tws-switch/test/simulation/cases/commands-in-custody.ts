import type { CommandResult } from '@ftctl/sdk';
import { defineCase } from './case.ts';

const COMMANDS = 8;

/**
 * Operators give commands, and in the moment in which one is answered as being
 * in custody any one host of the domain is lost for ever. Unless that was the
 * command's owner, it is carried out.
 */
export const simulation = defineCase({
  file: 'commands-in-custody',
  async script(scene) {
    const { world, random, network, tree } = scene;
    const agents = [...tree.topology.workstations.values()].filter(({ type }) => type === 'fta');
    const asked = new Map<string, number>();
    const { name: on } = random.pick(agents);
    // The owners are away for now, so what is asked of them waits.
    // Beside the manager one full-status agent stays up, or nothing is in custody.
    const agentsThere = agents.filter(
      ({ fullStatus, domain }) => fullStatus && domain === tree.domainOf(on),
    );
    const up = agentsThere.find(({ name }) => name === on) ?? random.pick(agentsThere);
    const others = agents.filter(({ name }) => name !== on && name !== up.name);
    const owners = random.shuffle(others).slice(0, 2);
    for (const { name } of owners) scene.host(name).crash();
    for (let n = 0; n < COMMANDS && owners.length > 0; n += 1) {
      const { name: ws } = random.pick(owners);
      const value = 11 + n;
      world.spawn(async () => {
        const result = await network.tell(on, 'limit', { selection: ws, value: String(value) });
        if (isInCustody(result)) asked.set(ws, value);
      });
      await world.run(random.between(0, 400));
    }
    await scene.untilSoon(() => asked.size > 0 || owners.length === 0, 'a command is answered');
    const members = tree.membersOf(tree.domainOf(on)).map(({ name }) => name);
    const lost = random.pick(members.filter((ws) => !owners.some(({ name }) => name === ws)));
    scene.reached('lost', { lost, on, asked: [...asked] });
    scene.lose(lost);
    const promised = new Map(asked);
    await world.run(random.between(500, 3_000));
    for (const domain of scene.domains) {
      if (network.acting(domain).length === 0) {
        await scene.switchTo(await scene.candidate(domain), true);
      }
    }
    for (const { name } of owners) scene.host(name).restart();
    await scene.untilSoon(
      () => [...promised].every(([ws, value]) => limitOf(ws) >= value),
      'what was asked for is carried out',
      60_000,
    );

    /** As it stands on the workstation itself. */
    function limitOf(ws: string): number {
      const part = network.partsOf(ws).get(`cpu/${ws}`);
      return part?.kind === 'cpu' ? (part.s?.limit ?? 0) : 0;
    }
  },
});

function isInCustody({ data }: CommandResult): boolean {
  return (
    Array.isArray(data) && data.every((one: { inCustody?: boolean }) => one.inCustody === true)
  );
}
