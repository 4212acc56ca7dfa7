import { createHash } from 'node:crypto';
import { planErrors } from '../errors.ts';
import type {
  DomainDefinition,
  Topology,
  WorkstationDefinition,
  WorkstationType,
} from '../topology.ts';
import { checkTopology } from './check-topology.ts';
import { type Mapping, YamlSource } from './yaml-source.ts';

const NAME = /^[A-Z][A-Z0-9_-]{0,15}$/;
const NODE = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const TYPES: readonly WorkstationType[] = ['master', 'manager', 'fta', 'x-agent'];
const DOMAIN_KEYS = ['parent', 'automaticSwitch', 'voters', 'candidates'];
const WORKSTATION_KEYS = [
  'type',
  'domain',
  'fullstatus',
  'autolink',
  'node',
  'os',
  'host',
  'method',
  'limit',
  'fence',
];
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1_024;
const MAX_FENCE = 101;

/** What the parser found of one domain or workstation, and where. */
export interface Placed<T> {
  readonly value: T;
  readonly map: Mapping;
}

/**
 * Reads a topology file: `domains` and `workstations`, as the package's README
 * describes them. All problems are told at once, each with its line.
 *
 * @throws FtError FT_PLAN_TOPOLOGY
 */
export function parseTopology(text: string, file: string): Topology {
  const source = new YamlSource(text);
  const domains = new Map<string, Placed<Omit<DomainDefinition, 'manager'>>>();
  const workstations = new Map<string, Placed<WorkstationDefinition>>();
  if (source.problems.length === 0) {
    const root = source.mapping(source.root, 'the file', ['domains', 'workstations']);
    for (const one of named(source, root, 'domains', 'domain')) {
      domains.set(one.name, { value: readDomain(one.name, one.map), map: one.map });
    }
    for (const one of named(source, root, 'workstations', 'workstation')) {
      workstations.set(one.name, {
        value: readWorkstation(source, one.name, one.map),
        map: one.map,
      });
    }
  }
  const checked = source.problems.length === 0 && checkTopology(source, domains, workstations);
  if (!checked || source.problems.length > 0) {
    throw planErrors.TOPOLOGY({ file, problems: source.problems.join('\n') });
  }
  const body = { root: checked.root, domains: checked.domains, workstations: checked.workstations };
  return { ...body, hash: hashOf(body) };
}

function named(
  source: YamlSource,
  root: Mapping | undefined,
  key: string,
  what: string,
): { readonly name: string; readonly map: Mapping }[] {
  if (root === undefined) return [];
  if (!root.has(key)) {
    source.problem(root.node, `the file needs ${key}:`);
    return [];
  }
  const list = source.mapping(root.get(key), key);
  const seen = new Set<string>();
  return (list?.entries() ?? []).flatMap(({ key: written, keyNode, value }) => {
    const name = written.toUpperCase();
    if (!NAME.test(name)) {
      const rule = 'a letter, then at most 15 letters, digits, - or _';
      source.problem(keyNode, `"${written}" is no name of a ${what}: ${rule}`);
      return [];
    }
    if (seen.has(name)) source.problem(keyNode, `${what} ${name} is there twice`);
    seen.add(name);
    const keys = what === 'domain' ? DOMAIN_KEYS : WORKSTATION_KEYS;
    const empty =
      value === null || (typeof value === 'object' && 'value' in value && value.value === null);
    if (empty) {
      source.problem(keyNode, `${what} ${name} says nothing: write {} or its keys`);
      return [];
    }
    const map = source.mapping(value, `${what} ${name}`, keys);
    return map === undefined ? [] : [{ name, map }];
  });
}

function readDomain(name: string, map: Mapping): Omit<DomainDefinition, 'manager'> {
  const parent = map.text('parent')?.toUpperCase();
  const upper = (key: string) => map.texts(key).map(({ text }) => text.toUpperCase());
  return {
    name,
    ...(parent === undefined ? {} : { parent }),
    automaticSwitch: map.flag('automaticSwitch') ?? false,
    ...(map.has('voters') ? { voters: upper('voters') } : {}),
    ...(map.has('candidates') ? { candidates: upper('candidates') } : {}),
  };
}

function readWorkstation(source: YamlSource, name: string, map: Mapping): WorkstationDefinition {
  const type = map.text('type') ?? 'fta';
  if (!TYPES.some((one) => one === type)) {
    source.problem(
      map.get('type'),
      `type of workstation ${name} must be one of ${TYPES.join(', ')}`,
    );
  }
  const isManager = type === 'master' || type === 'manager';
  const fullStatus = map.flag('fullstatus') ?? isManager;
  if (isManager && !fullStatus) {
    source.problem(
      map.get('fullstatus'),
      `workstation ${name} is a ${type}: fullstatus is always on`,
    );
  }
  const hostedBy = map.text('host')?.toUpperCase();
  const node = map.text('node') ?? name.toLowerCase().replaceAll('_', '-');
  if (type !== 'x-agent' && !NODE.test(node)) {
    source.problem(map.get('node') ?? map.node, `"${node}" is no name of a host`);
  }
  const domain = map.text('domain')?.toUpperCase();
  if (domain === undefined) source.problem(map.node, `workstation ${name} needs a domain`);
  const method = map.text('method');
  return {
    name,
    type: type as WorkstationType,
    domain: domain ?? '',
    ...(type === 'x-agent' ? {} : { node }),
    os: (map.text('os') ?? (type === 'x-agent' ? 'OTHER' : 'UNIX')).toUpperCase(),
    fullStatus,
    autolink: map.flag('autolink') ?? true,
    ...(hostedBy === undefined ? {} : { hostedBy }),
    ...(method === undefined ? {} : { method }),
    limit: map.number('limit', 0, MAX_LIMIT) ?? DEFAULT_LIMIT,
    fence: map.number('fence', 0, MAX_FENCE) ?? 0,
  };
}

/** The same for files that say the same. */
function hashOf({ root, domains, workstations }: Omit<Topology, 'hash'>): string {
  const sorted = <T>(map: ReadonlyMap<string, T>) =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => sortKeys(value));
  const canonical = JSON.stringify([root, sorted(domains), sorted(workstations)]);
  return createHash('sha256').update(canonical).digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
