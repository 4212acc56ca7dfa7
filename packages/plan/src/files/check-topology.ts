import {
  type DomainDefinition,
  HOSTED_BY_MANAGER,
  type Topology,
  type WorkstationDefinition,
} from '../topology.ts';
import type { Placed } from './parse-topology.ts';
import { nearest, type YamlSource } from './yaml-source.ts';

const MAX_DOMAINS = 512;
const MAX_WORKSTATIONS = 4_096;

type Domains = ReadonlyMap<string, Placed<Omit<DomainDefinition, 'manager'>>>;
type Workstations = ReadonlyMap<string, Placed<WorkstationDefinition>>;

/** Whether domains and workstations make a network. Undefined when not; each problem is told. */
export function checkTopology(
  source: YamlSource,
  domains: Domains,
  workstations: Workstations,
): Omit<Topology, 'hash'> | undefined {
  if (domains.size > MAX_DOMAINS || workstations.size > MAX_WORKSTATIONS) {
    const most = `${MAX_DOMAINS} domains and ${MAX_WORKSTATIONS} workstations`;
    source.problem(source.root, `the network is too large: at most ${most}`);
  }
  const root = checkTree(source, domains);
  checkWorkstations(source, domains, workstations);
  const managers = checkManagers(source, domains, workstations, root);
  for (const [name, { value, map }] of domains) {
    checkVoters(source, workstations, name, value.voters, map.get('voters'));
    checkCandidates(source, workstations, name, value.candidates, map.get('candidates'));
  }
  if (root === undefined || source.problems.length > 0) return undefined;
  return {
    root,
    domains: new Map(
      [...domains].map(([name, { value }]) => [
        name,
        { ...value, manager: managers.get(name) ?? '' },
      ]),
    ),
    workstations: new Map([...workstations].map(([name, { value }]) => [name, value])),
  };
}

function checkTree(source: YamlSource, domains: Domains): string | undefined {
  const roots = [...domains].filter(([, { value }]) => value.parent === undefined);
  const [first, second] = roots;
  if (first === undefined) {
    source.problem(source.root, 'one domain must have no parent: the root, usually MASTERDM');
  }
  if (second !== undefined) {
    const [name, { map }] = second;
    source.problem(
      map.node,
      `domain ${name} has no parent, and neither has ${first?.[0]}: one root`,
    );
  }
  for (const [name, { value, map }] of domains) {
    if (value.parent === undefined) continue;
    if (!domains.has(value.parent)) {
      source.problem(map.get('parent'), unknown('domain', value.parent, domains));
    } else if (isOwnAncestor(domains, name)) {
      source.problem(map.get('parent'), `domain ${name} is below itself`);
    }
  }
  return first?.[0];
}

function isOwnAncestor(domains: Domains, name: string): boolean {
  let at = domains.get(name)?.value.parent;
  for (let steps = 0; at !== undefined && steps <= domains.size; steps += 1) {
    if (at === name) return true;
    at = domains.get(at)?.value.parent;
  }
  return false;
}

function checkWorkstations(source: YamlSource, domains: Domains, workstations: Workstations): void {
  const nodes = new Map<string, string>();
  for (const [name, { value, map }] of workstations) {
    if (value.domain !== '' && !domains.has(value.domain)) {
      source.problem(map.get('domain'), unknown('domain', value.domain, domains));
    }
    if (value.node !== undefined) {
      const other = nodes.get(value.node);
      if (other !== undefined) {
        const place = map.get('node') ?? map.node;
        source.problem(place, `workstation ${name} has the node ${value.node} of ${other}`);
      }
      nodes.set(value.node, name);
    }
    checkHost(source, workstations, value, map.get('host') ?? map.node);
  }
}

function checkHost(
  source: YamlSource,
  workstations: Workstations,
  { name, type, hostedBy, domain, fullStatus }: WorkstationDefinition,
  place: unknown,
): void {
  if (type !== 'x-agent') {
    if (hostedBy !== undefined)
      source.problem(place, `only an x-agent has a host; ${name} is a ${type}`);
    return;
  }
  if (fullStatus) source.problem(place, `x-agent ${name} cannot have full status`);
  if (hostedBy === undefined) {
    source.problem(place, `x-agent ${name} needs a host: a workstation, or ${HOSTED_BY_MANAGER}`);
    return;
  }
  if (hostedBy === HOSTED_BY_MANAGER) return;
  const host = workstations.get(hostedBy)?.value;
  if (host === undefined) source.problem(place, unknown('workstation', hostedBy, workstations));
  else if (host.type === 'x-agent') source.problem(place, `host ${hostedBy} is an x-agent itself`);
  else if (host.domain !== domain) {
    source.problem(place, `host ${hostedBy} of ${name} is in another domain, ${host.domain}`);
  }
}

function checkManagers(
  source: YamlSource,
  domains: Domains,
  workstations: Workstations,
  root: string | undefined,
): ReadonlyMap<string, string> {
  const managers = new Map<string, string>();
  for (const [name, { value, map }] of workstations) {
    if (value.type !== 'master' && value.type !== 'manager') continue;
    const place = map.get('type') ?? map.node;
    if (value.type === 'master' && value.domain !== root) {
      source.problem(place, `master ${name} is not in the root domain: it is a manager`);
    }
    if (value.type === 'manager' && value.domain === root) {
      source.problem(place, `${name} manages the root domain: its type is master`);
    }
    const other = managers.get(value.domain);
    if (other !== undefined) {
      source.problem(place, `domain ${value.domain} has two managers, ${other} and ${name}`);
    }
    managers.set(value.domain, name);
  }
  for (const [name, { map }] of domains) {
    if (managers.has(name)) continue;
    const type = name === root ? 'master' : 'manager';
    source.problem(map.node, `domain ${name} has no manager: a workstation with type ${type}`);
  }
  return managers;
}

function checkVoters(
  source: YamlSource,
  workstations: Workstations,
  domain: string,
  voters: readonly string[] | undefined,
  place: unknown,
): void {
  if (voters === undefined) return;
  if (voters.length !== 3 && voters.length !== 5) {
    source.problem(place, `domain ${domain} has ${voters.length} voters: 3 or 5 are needed`);
  }
  if (new Set(voters).size !== voters.length) {
    source.problem(place, `a voter of domain ${domain} is named twice`);
  }
  for (const name of voters) {
    const ws = workstations.get(name)?.value;
    if (ws === undefined) source.problem(place, unknown('workstation', name, workstations));
    else if (ws.type === 'x-agent')
      source.problem(place, `voter ${name} is an x-agent: it has no host`);
  }
}

function checkCandidates(
  source: YamlSource,
  workstations: Workstations,
  domain: string,
  candidates: readonly string[] | undefined,
  place: unknown,
): void {
  for (const name of candidates ?? []) {
    const ws = workstations.get(name)?.value;
    if (ws === undefined) source.problem(place, unknown('workstation', name, workstations));
    else if (ws.domain !== domain || !ws.fullStatus) {
      source.problem(place, `candidate ${name} must be a full-status agent of domain ${domain}`);
    }
  }
}

function unknown(what: string, name: string, known: ReadonlyMap<string, unknown>): string {
  const near = nearest(name, [...known.keys()]);
  return `there is no ${what} ${name}${near === undefined ? '' : `: did you mean ${near}?`}`;
}
