import type { World } from '@ftctl/sim';
import type { TwsNetwork } from './tws-network.ts';

/** Attempts that ran more than once: none may. */
export function ranTwice({ history }: World): string[] {
  const counts = new Map<string, number>();
  for (const { job, attempt } of history.of('job.ran')) {
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
  const parts = network.partsOf('MASTER');
  for (const part of parts.values()) {
    if (part.kind !== 'job' || part.def === undefined) continue;
    const state = part.s?.state ?? 'HOLD';
    if (['READY', 'INTRO', 'EXEC', 'SCHED', 'WAIT'].includes(state)) {
      lines.push(`unfinished: ${part.id} is ${state} in the master's copy`);
    }
  }
  if (parts.size === 0) lines.push('unfinished: the master has no plan');
  return lines;
}
