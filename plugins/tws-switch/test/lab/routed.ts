import type { Definitions, Tree } from '@ftctl/plan';
import type { JobRow } from './day.ts';

/** A change of who manages a domain. Times are milliseconds since 1970, as all hosts here have them. */
export interface Change {
  readonly domain: string;
  /** When the fault began, or the operator gave the command. */
  readonly fromMs: number;
  /** From then on the old manager routed nothing any more. */
  readonly silentMs: number;
}

/**
 * Milliseconds from a change to the first event that the new manager routed, as
 * those see it who wait for it: the start of a job, on another workstation, that
 * follows one which ended when the old manager routed nothing any more. The time
 * that its launcher takes to start is part of it.
 *
 * @returns undefined when no job of the day waited for such an event
 */
export function firstRouted(
  rows: readonly JobRow[],
  definitions: Definitions,
  tree: Tree,
  { domain, fromMs, silentMs }: Change,
): number | undefined {
  const byName = new Map(rows.map((row) => [`${row.schedule}.${row.job}`, row]));
  const starts = definitions.streams.flatMap(({ jobs, name: stream }) =>
    jobs.flatMap(({ name, follows }) => {
      const job = byName.get(`${stream}.${name}`);
      if (job === undefined || job.startMs === null) return [];
      const isFreed = follows.some((one) => {
        const before = byName.get(`${one.stream}.${one.job}`);
        if (before === undefined || before.endMs === null) return false;
        return before.endMs > silentMs && isRouted(tree, domain, before.runsOn, job.runsOn);
      });
      return isFreed ? [job.startMs] : [];
    }),
  );
  return starts.length === 0 ? undefined : Math.min(...starts) - fromMs;
}

/** Whether what `from` says reaches `to` through the domain's manager alone. */
function isRouted(tree: Tree, domain: string, from: string, to: string): boolean {
  if (from === to) return false;
  const isTo = tree.domainOf(to) === domain;
  if (isTo) return !tree.coreOf(domain).includes(to);
  return tree.domainOf(from) === domain;
}
