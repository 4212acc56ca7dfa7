import type { Plan, Tree, WorkstationName } from '@ftctl/plan';
import { type Connection, connectionsFrom, governorOf } from '../connections.ts';

/** The network as one workstation sees it. */
export interface Viewpoint {
  readonly tree: Tree;
  readonly plan: Plan;
  readonly self: WorkstationName;
  managerOf(domain: string): WorkstationName;
  /** `enable switch fault tolerance` is on. */
  readonly enhanced: boolean;
  /** Own sessions: into others, and of others into this one. */
  readonly out: readonly WorkstationName[];
  readonly in: readonly WorkstationName[];
}

/** Link part of STATE as `showcpus` shows it: `F` or `L`, `T` or `X`, `W`. */
export interface LinkPart {
  readonly link: 'L' | 'F' | '';
  readonly how: 'T' | 'X' | '';
  readonly writer: boolean;
}

const NOTHING: LinkPart = { link: '', how: '', writer: false };

/**
 * What `sc` shows of the connections to a workstation, by the rules of the
 * original's table for its Figure 3 (seed document, "Use of the feature"; the
 * rules for other trees are inferred from it).
 */
export function linkPart(view: Viewpoint, peer: WorkstationName): LinkPart {
  const { tree, self } = view;
  if (!isShown(view, peer)) return NOTHING;
  if (peer === self) return { ...NOTHING, link: view.enhanced && ownAllOpen(view) ? 'F' : '' };
  if (tree.workstation(peer).type === 'x-agent') return extendedPart(view, peer);
  const isPrimary = primaryPeers(view, self).includes(peer);
  const isOpen = isPrimary && bothOpen(view, self, peer);
  return {
    link: linkLetter(view, peer),
    how: isOpen ? 'T' : '',
    writer: hasWriter(view, peer),
  };
}

/**
 * A writer runs here for the peer. A standby connection has none to show, nor has
 * a secondary one whose main link is broken, though it goes on carrying data.
 */
function hasWriter(view: Viewpoint, peer: WorkstationName): boolean {
  const { tree, self, managerOf, enhanced } = view;
  if (!view.in.includes(peer)) return false;
  return connectionsFrom(tree, peer, managerOf, enhanced).some(
    ({ to, kind }) =>
      to === self && (kind === 'primary' || (kind === 'secondary' && primaryOpen(view, peer))),
  );
}

/** A plain agent shows itself and its manager; what runs a domain its members, all below, and the manager above. */
function isShown({ tree, self, managerOf }: Viewpoint, peer: WorkstationName): boolean {
  const { domain, fullStatus } = tree.workstation(self);
  if (peer === self || peer === managerOf(domain)) return true;
  if (!fullStatus) return false;
  const parent = tree.parentOf(domain);
  return tree.isBelow(peer, domain) || (parent !== undefined && peer === managerOf(parent));
}

function linkLetter(view: Viewpoint, peer: WorkstationName): LinkPart['link'] {
  const isLinked = primaryOpen(view, peer);
  if (view.enhanced && allOpen(view, peer)) return 'F';
  return isLinked ? 'L' : '';
}

/** Whether the link between a workstation and the one above it in the tree is open. */
function primaryOpen(view: Viewpoint, peer: WorkstationName): boolean {
  const { tree, self, managerOf } = view;
  const { domain } = tree.workstation(self);
  if (peer === managerOf(domain)) {
    // One's own manager: one's own link to it.
    if (self !== peer) return bothOpen(view, self, peer);
  } else if (isAbove(view, peer)) {
    return bothOpen(view, managerOf(domain), peer);
  }
  const up = uplinkOf(view, peer);
  return up === undefined || bothOpen(view, peer, up);
}

/** Every connection that `link PEER` opens; for the manager above, the viewer's own link to it. */
function allOpen(view: Viewpoint, peer: WorkstationName): boolean {
  const { tree, self, managerOf } = view;
  const { domain } = tree.workstation(self);
  if (peer === managerOf(domain) || isAbove(view, peer)) return isOpen(view, self, peer);
  return everyConnection(view).every(
    (one) =>
      one.kind === 'standby' ||
      governorOf(tree, one, managerOf) !== peer ||
      isOpen(view, one.from, one.to),
  );
}

function ownAllOpen(view: Viewpoint): boolean {
  return everyConnection(view).every(
    ({ from, to }) => (from !== view.self && to !== view.self) || isOpen(view, from, to),
  );
}

function extendedPart(view: Viewpoint, peer: WorkstationName): LinkPart {
  const runner = view.tree.runnerOf(peer, view.managerOf);
  const isLinked = runner === view.self || primaryOpen(view, runner);
  return { ...NOTHING, link: isLinked ? 'L' : '' };
}

function isAbove({ tree, self, managerOf }: Viewpoint, peer: WorkstationName): boolean {
  const parent = tree.parentOf(tree.workstation(self).domain);
  return parent !== undefined && peer === managerOf(parent);
}

/** The workstation to which a workstation is linked upwards. */
function uplinkOf(
  { tree, managerOf }: Viewpoint,
  ws: WorkstationName,
): WorkstationName | undefined {
  const { domain } = tree.workstation(ws);
  if (managerOf(domain) !== ws) return managerOf(domain);
  const parent = tree.parentOf(domain);
  return parent === undefined ? undefined : managerOf(parent);
}

function primaryPeers(view: Viewpoint, self: WorkstationName): readonly WorkstationName[] {
  const { tree, managerOf, enhanced } = view;
  return connectionsFrom(tree, self, managerOf, enhanced).flatMap(({ to, kind }) =>
    kind === 'primary' ? [to] : [],
  );
}

function everyConnection({ tree, managerOf, enhanced }: Viewpoint): readonly Connection[] {
  return [...tree.topology.workstations.keys()].flatMap((name) => [
    ...connectionsFrom(tree, name, managerOf, enhanced),
  ]);
}

function bothOpen(view: Viewpoint, a: WorkstationName, b: WorkstationName): boolean {
  return isOpen(view, a, b) && isOpen(view, b, a);
}

/**
 * A connection is open when both ends say so. Of an end that this copy of the
 * plan is not told of, the other end's word counts; of its own the viewer knows best.
 */
function isOpen(view: Viewpoint, from: WorkstationName, to: WorkstationName): boolean {
  const out = from === view.self ? view.out : view.plan.cpu(from).links?.out;
  const into = to === view.self ? view.in : view.plan.cpu(to).links?.in;
  if (out === undefined && into === undefined) return false;
  return (out?.includes(to) ?? true) && (into?.includes(from) ?? true);
}
