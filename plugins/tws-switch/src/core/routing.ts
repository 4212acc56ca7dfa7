import { EVERYONE, type Message, type Tree, type WorkstationName } from '@ftctl/plan';

/**
 * Who needs a message: a pure function of the message and the topology, so that
 * a manager and the agent that takes its place decide alike (decision 11).
 */

/**
 * Whom the manager of a domain sends a message to, beside its own core: the core
 * above when it came from below, the cores of child domains and the plain agents
 * that need it. Never back where it came from.
 */
export function targetsOf(
  tree: Tree,
  domain: string,
  message: Message,
): { readonly up: readonly WorkstationName[]; readonly down: readonly WorkstationName[] } {
  const down: WorkstationName[] = [];
  for (const name of tree.plainOf(domain)) {
    if (name !== message.ws && isFor(message, name)) down.push(name);
  }
  for (const { name: child } of tree.childrenOf(domain)) {
    const isFromThere = tree.isBelow(message.ws, child);
    if (!isFromThere && message.to.some((to) => isBelow(tree, to, child))) {
      down.push(...tree.coreOf(child));
    }
  }
  const parent = tree.parentOf(domain);
  const isFromBelow = parent !== undefined && tree.isBelow(message.ws, domain);
  return { up: isFromBelow ? tree.coreOf(parent) : [], down };
}

function isFor(message: Message, name: WorkstationName): boolean {
  return message.to.includes(name) || message.to.includes(EVERYONE);
}

function isBelow(tree: Tree, to: string, domain: string): boolean {
  return to === EVERYONE || (tree.topology.workstations.has(to) && tree.isBelow(to, domain));
}
