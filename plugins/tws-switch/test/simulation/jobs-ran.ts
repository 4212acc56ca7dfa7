import type { JobDefinition, Part } from '@ftctl/plan';
import type { World } from '@ftctl/sim';
import { isForgiven } from './losses.ts';
import type { TwsNetwork } from './tws-network.ts';

/** Attempts that ran more than once: none may. */
export function ranTwice(world: World): string[] {
  const counts = new Map<string, number>();
  for (const { job, attempt } of world.history.of('job.ran')) {
    if (isForgiven(world, String(job), Number(attempt))) continue;
    const name = `${String(job)} attempt ${String(attempt)}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].flatMap(([name, times]) =>
    times > 1 ? [`twice: ${name} ran ${times} times`] : [],
  );
}

/** Jobs that could run and did not: in the end everything that can has run. */
export function unfinished(network: TwsNetwork): string[] {
  const lines: string[] = [];
  const parts = network.partsOf(network.managerOf(network.tree.root));
  for (const part of parts.values()) {
    if (part.kind !== 'job' || part.def === undefined || isOfLost(network, part.def)) continue;
    if (isBehindLost(network, parts, part.def)) continue;
    const state = part.s?.state ?? 'HOLD';
    // A clock that was set back may keep a job waiting for its time.
    const waits = state === 'SCHED' && network.world.history.of('faults.clock-jump').length > 0;
    if (!waits && ['READY', 'INTRO', 'EXEC', 'SCHED', 'WAIT'].includes(state)) {
      lines.push(`unfinished: ${part.id} is ${state} in the master's copy`);
    }
  }
  if (parts.size === 0) lines.push('unfinished: the master has no plan');
  return lines;
}

/** Its stream has a limit, and a job that was let run on a host that is gone for ever takes a place of it. */
function isBehindLost(
  network: TwsNetwork,
  parts: ReadonlyMap<string, Part>,
  { stream }: JobDefinition,
): boolean {
  const found = parts.get(`stream/${stream}`);
  if (found?.kind !== 'stream' || found.s?.limit === undefined) return false;
  return [...parts.values()].some(
    (part) =>
      part.kind === 'job' &&
      part.def?.stream === stream &&
      network.isLost(part.def.ws) &&
      part.g !== undefined &&
      ['READY', 'INTRO', 'EXEC', 'WAIT'].includes(part.s?.state ?? 'HOLD'),
  );
}

/** Its own host, or that of its stream, is gone for ever. */
function isOfLost(network: TwsNetwork, { ws, stream }: JobDefinition): boolean {
  const owner = stream.split('#')[0] ?? ws;
  return network.isLost(ws) || network.isLost(owner);
}
