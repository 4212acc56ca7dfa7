import {
  isNewer,
  NO_VERSION,
  type Part,
  type PartKey,
  runOf,
  type Tree,
  type Version,
} from '@ftctl/plan';
import type { TwsNetwork } from './tws-network.ts';

/** What must never be lost from a moment on. */
export interface InCustody {
  readonly domain: string;
  readonly key: PartKey;
  readonly version: Version;
}

/**
 * What is in custody at this moment, by the disks alone: for each job and stream
 * the version that the manager of its domain and one full-status agent have.
 */
export function inCustody(network: TwsNetwork): readonly InCustody[] {
  const { tree } = network;
  return [...tree.topology.domains.keys()].flatMap((domain) => {
    const manager = network.managerOf(domain);
    const others = tree.coreOf(domain).filter((ws) => ws !== manager && !network.isLost(ws));
    if (network.isLost(manager) || others.length === 0) return [];
    const copies = others.map((ws) => network.partsOf(ws));
    return [...network.partsOf(manager)].flatMap(([key, part]) => {
      if (!isOf(network, domain, part)) return [];
      const known = copies.map((copy) => versionOf(copy.get(key)));
      const most = known.reduce((a, b) => (isNewer(b, a) ? b : a), NO_VERSION);
      const own = versionOf(part);
      const version = isNewer(most, own) ? own : most;
      return version.n === 0 ? [] : [{ domain, key: key as PartKey, version }];
    });
  });
}

/** What was in custody once and is not known any more to who runs its domain or one above. */
export function lostFromCustody(network: TwsNetwork, held: readonly InCustody[]): string[] {
  const { tree } = network;
  const copies = new Map(network.present.map(({ name }) => [name, network.partsOf(name)]));
  return held.flatMap(({ domain, key, version }) =>
    coresAbove(tree, domain).flatMap((ws) => {
      const part = copies.get(ws)?.get(key);
      const found = versionOf(part);
      if (!copies.has(ws) || !isNewer(version, found)) return [];
      // A later plan has left behind what has ended.
      if (part === undefined && runOf(key) < network.runOf(ws)) return [];
      return [`custody: ${ws} has ${key} as ${textOf(found)} instead of ${textOf(version)}`];
    }),
  );
}

/** What runs a domain, and each domain above it. */
function coresAbove(tree: Tree, domain: string): readonly string[] {
  const parent = tree.parentOf(domain);
  return [...tree.coreOf(domain), ...(parent === undefined ? [] : coresAbove(tree, parent))];
}

function isOf(network: TwsNetwork, domain: string, part: Part): boolean {
  if (part.kind !== 'job' && part.kind !== 'stream') return false;
  return part.def !== undefined && network.tree.domainOf(part.def.ws) === domain;
}

function versionOf(part: Part | undefined): Version {
  return (part?.kind === 'job' || part?.kind === 'stream' ? part.s?.v : undefined) ?? NO_VERSION;
}

function textOf({ era, n }: Version): string {
  return `${era}.${n}`;
}
