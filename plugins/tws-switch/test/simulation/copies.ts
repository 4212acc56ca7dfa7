import { keyOf, type Part, Plan, runOf, scoped } from '@ftctl/plan';
import type { TwsNetwork } from './tws-network.ts';

/**
 * Whether all copies of the plan say the same: each workstation's, as far as it
 * is to know, compared part by part with what the owners say.
 */
export function copiesDiffer(network: TwsNetwork): string[] {
  const { tree } = network;
  const copies = new Map<string, ReadonlyMap<string, Part>>();
  for (const { name } of network.present) copies.set(name, network.partsOf(name));
  const truth = new Plan();
  for (const parts of copies.values()) for (const part of parts.values()) truth.merge(part);
  const master = copies.get(network.managerOf(tree.root)) ?? new Map<string, Part>();
  const archived = [...truth.parts()].filter((part) => isArchived(truth, master, part));
  // Nothing is in a copy for the sake of what is in no plan.
  for (const part of archived) truth.remove(keyOf(part));
  const runnerOf = (ws: string) => tree.runnerOf(ws, (domain) => network.managerOf(domain));
  const lines: string[] = [];
  for (const [reader, parts] of copies) {
    for (const part of truth.parts()) {
      if (part.kind === 'cpu' || isOfLost(network, part)) continue;
      const expected = scoped({ plan: truth, tree, reader, runnerOf }, part);
      if (expected === undefined) continue;
      const found = parts.get(`${part.kind}/${part.id}`);
      const problem = difference(expected, found);
      if (problem !== undefined) lines.push(`copy: ${reader} has ${part.id} ${problem}`);
    }
  }
  return lines.slice(0, 10);
}

/**
 * Run again on its workstation in the moment in which the master archived it: it
 * ends there, and is in no later plan.
 */
function isArchived(truth: Plan, master: ReadonlyMap<string, Part>, part: Part): boolean {
  if ((part.kind !== 'job' && part.kind !== 'stream') || master.has(keyOf(part))) return false;
  const newest = Math.max(0, ...[...master.values()].map(({ id }) => runOf(id)));
  // Nobody says any more how a stream goes on that its own workstation has archived.
  const jobs = part.kind === 'job' ? [part.id] : [...truth.index.jobsOfStream(part.id)];
  const isRunning = jobs.some((job) =>
    ['INTRO', 'EXEC', 'WAIT'].includes(truth.job(job).s?.state ?? ''),
  );
  return runOf(part.id) < newest && !isRunning;
}

/** What a host had said last before it, or its disk, was lost need not have come to everybody. */
function isOfLost(network: TwsNetwork, part: Part): boolean {
  if (part.kind === 'command') {
    const host = network.hostOf(part.of.ws);
    const hasLost = network.world.history.of('loss').some((loss) => loss.host === host);
    // Until the next plan its answer waits for it where it did not come.
    return network.isLost(part.of.ws) || (hasLost && part.answered === true);
  }
  if (part.kind !== 'job' && part.kind !== 'stream') return false;
  return part.def !== undefined && network.isLost(part.def.ws);
}

function difference(expected: Part, found: Part | undefined): string | undefined {
  if (found === undefined) return 'not at all';
  if (
    's' in expected &&
    JSON.stringify(expected.s) !== JSON.stringify('s' in found ? found.s : 0)
  ) {
    const was = 's' in found ? found.s : undefined;
    return `as ${JSON.stringify(was)} instead of ${JSON.stringify(expected.s)}`;
  }
  return undefined;
}
