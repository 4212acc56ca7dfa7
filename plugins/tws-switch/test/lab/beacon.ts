import type { StreamTemplate } from '@ftctl/plan';

const HOPS = 20;
const OWNER = 'FTA1A';
const STREAM = 'BEACON';

/**
 * A chain of short jobs that goes to and fro between plain agents of both
 * domains, so that each hop is an event that both managers have to route:
 * without it a workflow that happens to wait for one long task would say
 * nothing of when events flow again.
 */
export function beacon(command: string): StreamTemplate {
  const name = (hop: number) => `HOP${hop}`;
  const jobs = Array.from({ length: HOPS }, (_, hop) => ({
    name: name(hop),
    ws: hop % 2 === 0 ? OWNER : 'FTAA',
    command,
    follows: hop === 0 ? [] : [{ ws: OWNER, stream: STREAM, job: name(hop - 1) }],
    priority: 90,
    prompts: [],
    recovery: 'stop' as const,
  }));
  return { ws: OWNER, name: STREAM, jobs, follows: [], priority: 90, prompts: [] };
}
