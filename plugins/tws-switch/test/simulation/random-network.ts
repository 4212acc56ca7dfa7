import {
  type Definitions,
  type DomainDefinition,
  HOSTED_BY_MANAGER,
  type JobTemplate,
  type StreamTemplate,
  type TemplateDependency,
  type Topology,
  type WorkstationDefinition,
} from '@ftctl/plan';
import type { SeededRandom } from '@ftctl/sim';

export interface NetworkShape {
  /** Domains below the root, and below those. */
  readonly domains: number;
  /** Most full-status agents, and most plain agents, of one domain. */
  readonly fullStatus: number;
  readonly plain: number;
  /** Fewest full-status agents of one domain; default 1. */
  readonly leastFullStatus?: number;
  /** Extended agents, spread over the domains. */
  readonly extended: number;
  readonly automaticSwitch: boolean;
}

/** A tree of up to three levels; each domain has a manager, some full-status agents and some others. */
export function randomTopology(random: SeededRandom, shape: NetworkShape): Topology {
  const domains = new Map<string, DomainDefinition>();
  const workstations = new Map<string, WorkstationDefinition>();
  const addDomain = (name: string, parent: string | undefined) => {
    const manager = parent === undefined ? 'MASTER' : `${name}M`;
    domains.set(name, {
      name,
      manager,
      automaticSwitch: shape.automaticSwitch,
      ...(parent === undefined ? {} : { parent }),
    });
    add(manager, name, parent === undefined ? 'master' : 'manager', true);
    const least = shape.leastFullStatus ?? 1;
    const agents = least + random.int(shape.fullStatus - least + 1);
    for (let n = 1; n <= agents; n += 1) add(`${name}S${n}`, name, 'fta', true);
    const plain = random.int(shape.plain + 1);
    for (let n = 1; n <= plain; n += 1) add(`${name}P${n}`, name, 'fta', false);
  };
  const add = (
    name: string,
    domain: string,
    type: WorkstationDefinition['type'],
    fullStatus: boolean,
  ) => {
    workstations.set(name, {
      name,
      type,
      domain,
      node: name.toLowerCase(),
      os: 'UNIX',
      fullStatus,
      autolink: true,
      limit: 2 + random.int(5),
      fence: 0,
    });
  };
  addDomain('R', undefined);
  const second: string[] = [];
  for (let n = 1; n <= shape.domains; n += 1) {
    const parent = second.length > 0 && random.chance(0.4) ? random.pick(second) : 'R';
    const name = `D${n}`;
    addDomain(name, parent);
    if (parent === 'R') second.push(name);
  }
  for (let n = 1; n <= shape.extended; n += 1) {
    const domain = random.pick([...domains.keys()]);
    const hosts = [...workstations.values()].filter((ws) => ws.domain === domain && ws.node);
    const hostedBy = random.chance(0.5) ? HOSTED_BY_MANAGER : random.pick(hosts).name;
    const { node: _node, ...host } = random.pick(hosts);
    const name = `X${n}`;
    workstations.set(name, { ...host, name, type: 'x-agent', fullStatus: false, hostedBy });
  }
  return { hash: 'simulated', root: 'R', domains, workstations };
}

/** Streams over all workstations, with dependencies across them. */
export function randomDefinitions(
  random: SeededRandom,
  topology: Topology,
  { streams, jobs }: { readonly streams: number; readonly jobs: number },
): Definitions {
  const names = [...topology.workstations.keys()];
  const made: StreamTemplate[] = [];
  const before: TemplateDependency[] = [];
  for (let n = 1; n <= streams; n += 1) {
    const ws = random.pick(names);
    const name = `S${n}`;
    const templates: JobTemplate[] = [];
    const count = 1 + random.int(jobs);
    for (let j = 1; j <= count; j += 1) {
      const on = random.chance(0.3) ? random.pick(names) : ws;
      const job = `J${j}`;
      const inside = templates.map((one) => ({ ws, stream: name, job: one.name }));
      templates.push({
        name: job,
        ws: on,
        command: `sleep ${random.between(0.05, 1.5).toFixed(2)}; exit ${random.chance(0.03) ? 1 : 0}`,
        follows: [...pickSome(random, inside), ...pickSome(random, before, 0.2)],
        priority: 10 + random.int(3),
        prompts: [],
        recovery: random.pick(['stop', 'continue', 'rerun'] as const),
        rerunLimit: 2,
        ...(random.chance(0.1) ? { at: { kind: 'after', seconds: random.int(6) } } : {}),
      });
    }
    made.push({
      ws,
      name,
      follows: pickSome(random, before, 0.15),
      priority: 10,
      prompts: [],
      jobs: templates,
      ...(random.chance(0.2) ? { limit: 1 + random.int(2) } : {}),
    });
    before.push({ ws, stream: name }, { ws, stream: name, job: templates[0]?.name ?? 'J1' });
  }
  return { streams: made };
}

function pickSome<T>(random: SeededRandom, values: readonly T[], chance = 0.4): readonly T[] {
  if (values.length === 0 || !random.chance(chance)) return [];
  const first = random.pick(values);
  return random.chance(0.3) ? [...new Set([first, random.pick(values)])] : [first];
}
