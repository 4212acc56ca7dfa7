import type { DomainName, Tree, WorkstationName } from '@ftctl/plan';

/**
 * Which connections exist in a network when all are open. A connection is
 * directed: a writer runs at its `to` for its `from`.
 */
export interface Connection {
  readonly from: WorkstationName;
  readonly to: WorkstationName;
  /**
   * `primary`: manager and member, manager and manager of the domain below.
   * `secondary`: into a full-status agent, beside its manager. `standby`: from a
   * full-status agent to the manager above; carries nothing until it is needed.
   */
  readonly kind: 'primary' | 'secondary' | 'standby';
}

export type ManagerOf = (domain: DomainName) => WorkstationName;

/** Connections that a workstation opens. Extended agents have none. */
export function connectionsFrom(
  tree: Tree,
  self: WorkstationName,
  managerOf: ManagerOf,
  enhanced: boolean,
): readonly Connection[] {
  const { domain, type, fullStatus } = tree.workstation(self);
  if (type === 'x-agent') return [];
  const manager = managerOf(domain);
  const parent = tree.parentOf(domain);
  const found: Connection[] = [];
  const add = (to: WorkstationName, kind: Connection['kind']) => {
    if (to !== self) found.push({ from: self, to, kind });
  };
  if (self === manager) {
    for (const to of tree.coreOf(domain)) add(to, 'primary');
    for (const to of tree.plainOf(domain)) add(to, 'primary');
    if (parent !== undefined) toCore(tree, parent, managerOf, enhanced, add);
    for (const child of tree.childrenOf(domain)) toCore(tree, child.name, managerOf, enhanced, add);
    return found;
  }
  add(manager, 'primary');
  if (!enhanced) return found;
  for (const to of tree.coreOf(domain)) if (to !== manager) add(to, 'secondary');
  if (fullStatus && parent !== undefined) add(managerOf(parent), 'standby');
  return found;
}

function toCore(
  tree: Tree,
  domain: DomainName,
  managerOf: ManagerOf,
  enhanced: boolean,
  add: (to: WorkstationName, kind: Connection['kind']) => void,
): void {
  const manager = managerOf(domain);
  add(manager, 'primary');
  if (!enhanced) return;
  for (const to of tree.coreOf(domain)) if (to !== manager) add(to, 'secondary');
}

/**
 * The workstation whose `link` and `unlink` govern a connection: of two in one
 * domain the one that is not the manager (a plain agent before a full-status
 * one); across domains the manager of the lower domain.
 */
export function governorOf(
  tree: Tree,
  { from, to }: Pick<Connection, 'from' | 'to'>,
  managerOf: ManagerOf,
): WorkstationName {
  const a = tree.workstation(from);
  const b = tree.workstation(to);
  if (a.domain !== b.domain) {
    return managerOf(tree.parentOf(a.domain) === b.domain ? a.domain : b.domain);
  }
  if (from === managerOf(a.domain)) return to;
  if (to === managerOf(a.domain)) return from;
  return a.fullStatus ? to : from;
}

/** Who says whether a workstation is linked: its manager, and of a manager the one above; the master's nobody. */
export function linkerOf(
  tree: Tree,
  ws: WorkstationName,
  managerOf: ManagerOf,
): WorkstationName | undefined {
  const { domain } = tree.workstation(ws);
  if (managerOf(domain) !== ws) return managerOf(domain);
  const parent = tree.parentOf(domain);
  return parent === undefined ? undefined : managerOf(parent);
}
