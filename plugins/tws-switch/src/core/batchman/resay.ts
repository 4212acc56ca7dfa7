import type { JobPart, StreamPart, WorkstationName } from '@ftctl/plan';
import type { Batchman } from './batchman.ts';
import { decidesFor, isByRole, nextVersionFor, type Ownership } from './versions.ts';

/** Says all own parts again: another incarnation speaks now. */
export function resay(batchman: Batchman): void {
  const { plan, own } = batchman;
  for (const part of [...plan.parts()]) {
    if (part.kind === 'job') resayGrant(batchman, part);
    if ((part.kind === 'job' || part.kind === 'stream') && part.s !== undefined) {
      resayStatus(batchman, part);
    }
  }
  const { s } = plan.cpu(own.self);
  if (s !== undefined) batchman.setCpu(s);
}

/** Says the status of an own part again, with its next version. @returns whether it is an own one */
export function sayAgain(batchman: Batchman, part: JobPart | StreamPart): boolean {
  if (part.def === undefined || !decidesFor(batchman.own, part.def.ws)) return false;
  if (part.kind === 'job' && part.s !== undefined) batchman.setJob(part, part.s);
  else if (part.kind === 'stream' && part.s !== undefined) batchman.setStream(part, part.s);
  return true;
}

function resayStatus(batchman: Batchman, part: JobPart | StreamPart): void {
  const { def, s } = part;
  const { own } = batchman;
  if (def === undefined || s === undefined || sayAgain(batchman, part)) return;
  // What it said as the host of an extended agent, until a switch: maybe nobody has heard of it.
  if (!wasOwn(own, def.ws)) return;
  if (part.kind === 'job' && part.s !== undefined) {
    batchman.say({ k: 'job', id: part.id, s: part.s });
  } else if (part.kind === 'stream' && part.s !== undefined) {
    batchman.say({ k: 'stream', id: part.id, s: part.s });
  }
}

/** The stream's workstation says which of its jobs may run, wherever these are. */
function resayGrant(batchman: Batchman, { id, def, g }: JobPart): void {
  const { plan, own } = batchman;
  const ws = def === undefined ? undefined : plan.stream(def.stream).def?.ws;
  if (g === undefined || ws === undefined) return;
  if (decidesFor(own, ws)) {
    batchman.say({ k: 'grant', id, s: { ...g, v: nextVersionFor(own, ws, g.v) } });
  } else if (wasOwn(own, ws)) batchman.say({ k: 'grant', id, s: g });
}

/** An extended agent of whoever manages this domain: maybe this workstation did. */
function wasOwn({ tree, self }: Ownership, ws: WorkstationName): boolean {
  return isByRole(tree, ws) && tree.domainOf(ws) === tree.domainOf(self);
}
