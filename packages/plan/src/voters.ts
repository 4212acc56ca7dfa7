import type { DomainName, WorkstationName } from './model.ts';
import type { Tree } from './tree.ts';

/** Voters without `voters:` in the topology. */
const DEFAULT_VOTERS = 3;

/**
 * Who votes on the manager of a domain: as configured, or the manager, its
 * full-status agents and then its other agents by name, filled in the same order
 * from the parent domain, the root's from its child domains. There may be fewer
 * than three; then the domain cannot switch by itself.
 */
export function votersOf(tree: Tree, domain: DomainName): readonly WorkstationName[] {
  const { voters, parent } = tree.domain(domain);
  if (voters !== undefined) return voters;
  const others = parent === undefined ? tree.childrenOf(domain).map(({ name }) => name) : [parent];
  const found = [domain, ...others].flatMap((name) => inOrder(tree, name));
  return found.slice(0, DEFAULT_VOTERS);
}

/** Who may become manager by itself, the best first. */
export function candidatesOf(tree: Tree, domain: DomainName): readonly WorkstationName[] {
  return tree.domain(domain).candidates ?? tree.coreOf(domain);
}

function inOrder(tree: Tree, domain: DomainName): readonly WorkstationName[] {
  const { manager } = tree.domain(domain);
  const agents = tree.coreOf(domain).filter((name) => name !== manager);
  return [manager, ...agents, ...tree.plainOf(domain)];
}
