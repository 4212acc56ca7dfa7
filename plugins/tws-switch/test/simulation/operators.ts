import type { Command, Part } from '@ftctl/plan';
import type { SeededRandom } from '@ftctl/sim';
import type { TwsNetwork } from './tws-network.ts';

/** Operators who switch managers, to and fro, also two at once. */
export async function switchNowAndThen(network: TwsNetwork): Promise<void> {
  const { world, tree } = network;
  const random = world.random.fork('switches');
  const switches = random.int(6);
  for (let n = 0; n < switches && world.takeWork(); n += 1) {
    await world.sleep(random.between(200, 6_000));
    const domain = random.pick([...tree.topology.domains.keys()]);
    for (const ws of tree.coreOf(domain)) {
      if (!random.chance(0.5)) continue;
      world.history.record('operator.switchmgr', { domain, ws });
      network.switchManager(ws);
    }
  }
}

/** Days that are shorter than the jobs of a plan: unfinished streams are carried forward. */
export async function makeMorePlans(network: TwsNetwork): Promise<void> {
  const { world, tree } = network;
  const random = world.random.fork('days');
  const days = random.int(3);
  for (let n = 0; n < days && world.takeWork(); n += 1) {
    await world.sleep(random.between(1_000, 9_000));
    const master = random.pick(tree.coreOf(tree.root));
    world.history.record('operator.jnextday', { master });
    network.command(master, master, { c: 'jnextday' });
  }
}

/** Operators anywhere in the network who ask for changes, as each sees the plan. */
export async function giveCommands(network: TwsNetwork): Promise<void> {
  const { world, tree } = network;
  const random = world.random.fork('commands');
  const agents = [...tree.topology.workstations.values()].filter(({ node }) => node !== undefined);
  const commands = random.int(10);
  for (let n = 0; n < commands && world.takeWork(); n += 1) {
    await world.sleep(random.between(100, 3_000));
    const { name: on } = random.pick(agents);
    const seen = [...network.partsOf(on).values()].filter(
      (part) => (part.kind === 'job' || part.kind === 'stream') && part.def !== undefined,
    );
    if (seen.length === 0) continue;
    const asked = request(random, random.pick(seen));
    if (asked === undefined) continue;
    const roles = network.running(on)?.desk.roles;
    if (roles === undefined) continue;
    const owner = tree.runnerOf(asked.ws, (domain) => roles.managerOf(domain));
    world.history.record('operator.command', { on, owner, command: asked.command.c });
    network.command(on, owner, asked.command);
  }
}

/** Operators who submit jobs, which follow whatever is in the plan, alone or into a stream of it. */
export async function submitMore(network: TwsNetwork): Promise<void> {
  const { world, tree } = network;
  const random = world.random.fork('submissions');
  const agents = [...tree.topology.workstations.keys()];
  const jobs = random.int(8);
  for (let n = 0; n < jobs && world.takeWork(); n += 1) {
    await world.sleep(random.between(100, 4_000));
    const master = network.acting(tree.root)[0] ?? network.managerOf(tree.root);
    const seen = [...network.partsOf(master).values()].flatMap((part) =>
      (part.kind === 'job' || part.kind === 'stream') && part.def !== undefined ? [part] : [],
    );
    const streams = seen.filter(({ kind }) => kind === 'stream');
    if (streams.length === 0) continue;
    const { kind, id } = random.pick(seen);
    const submission = {
      ws: random.pick(agents),
      name: `X${n}`,
      command: 'sleep 0.3',
      follows: random.chance(0.7) ? [{ kind, id }] : [],
      ...(random.chance(0.3) ? { into: random.pick(streams).id } : {}),
      priority: 10,
      recovery: 'continue',
    } as const;
    world.history.record('operator.submit', { ws: submission.ws, name: submission.name });
    network.command(master, master, { c: 'submit', submission });
  }
}

function request(
  random: SeededRandom,
  part: Part,
): { readonly ws: string; readonly command: Command } | undefined {
  if (part.kind !== 'job' && part.kind !== 'stream') return undefined;
  const { kind, id, def } = part;
  if (def === undefined) return undefined;
  const target = { kind, id };
  const forBoth: readonly Command[] = [
    { c: 'cancel', target },
    { c: 'release', target },
    { c: 'altpri', target, priority: 1 + random.int(90) },
  ];
  const forJobs: readonly Command[] = [
    { c: 'rerun', job: id },
    { c: 'kill', job: id },
    { c: 'confirm', job: id, as: 'succ' },
  ];
  const forStreams: readonly Command[] = [
    { c: 'streamlimit', stream: id, limit: 1 + random.int(3) },
  ];
  const command = random.pick([...forBoth, ...(kind === 'job' ? forJobs : forStreams)]);
  return { ws: def.ws, command };
}
