import { HOSTED_BY_MANAGER, type JobDefinition, type Part } from '@ftctl/plan';
import type { HistoryEntry } from '@ftctl/sim';
import { isForgiven } from './losses.ts';
import { wereApart } from './out-of-reach.ts';
import type { TwsNetwork } from './tws-network.ts';

/** Attempts that ran more than once: none may. */
export function ranTwice(network: TwsNetwork): string[] {
  const { world } = network;
  const runs = new Map<string, HistoryEntry[]>();
  for (const run of world.history.of('job.ran')) {
    if (isForgiven(world, String(run.job), Number(run.attempt))) continue;
    const name = `${String(run.job)} attempt ${String(run.attempt)}`;
    runs.set(name, [...(runs.get(name) ?? []), run]);
  }
  return [...runs].flatMap(([name, all]) =>
    all.length > 1 && !wasNobodyToTell(network, all)
      ? [`twice: ${name} ran ${all.length} times`]
      : [],
  );
}

/** As the plugin waits by default for an agent that is away. */
const AWAY_MS = 3_000;

/**
 * The one limit that is documented: a manager that had no full-status agent in
 * reach for a while ran a job of its role, and was gone before it had one.
 */
function wasNobodyToTell(network: TwsNetwork, runs: readonly HistoryEntry[]): boolean {
  const [first, second] = runs;
  if (first === undefined || second === undefined || runs.length > 2) return false;
  const { world, tree } = network;
  const here = String(first.host);
  const ws = workstationOf(network, String(first.job));
  if (ws === undefined || tree.workstation(ws).hostedBy !== HOSTED_BY_MANAGER) return false;
  const others = tree
    .coreOf(tree.domainOf(ws))
    .map((name) => network.hostOf(name))
    .filter((host) => host !== here);
  const isGone = world.history
    .of('host.crash', 'plugin.crash')
    .some(({ host, at }) => host === here && at > first.at && at < second.at);
  return (
    isGone && others.every((other) => wereApart(world, [here, other], first.at - AWAY_MS, first.at))
  );
}

/** On which workstation a job runs, by whoever has its definition. */
function workstationOf(network: TwsNetwork, job: string): string | undefined {
  for (const { name } of network.present) {
    const part = network.partsOf(name).get(`job/${job}`);
    if (part?.kind === 'job' && part.def !== undefined) return part.def.ws;
  }
  return undefined;
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
