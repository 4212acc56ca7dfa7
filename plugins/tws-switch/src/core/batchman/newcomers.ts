import type { JobDefinition, Part, PartKey, Plan, StreamDefinition } from '@ftctl/plan';
import type { Batchman } from './batchman.ts';
import { sayAgain } from './resay.ts';
import { runsFor } from './versions.ts';

const WAITING: ReadonlySet<string> = new Set(['ADD', 'HOLD', 'READY', 'SCHED', 'FENCE']);

/** Streams and jobs that come into a plan which is worked with. */
export interface Newcomers {
  readonly streams: readonly StreamDefinition[];
  readonly jobs: readonly JobDefinition[];
}

/**
 * Newcomers may wait for what has happened already, and those who run them have
 * not been told of that: whoever decides about it says it again, now that they are
 * among its audience.
 */
export function tellNewcomers(batchman: Batchman, { streams, jobs }: Newcomers): void {
  const elsewhere = [...streams, ...jobs].filter(({ ws }) => !runsFor(batchman.own, ws));
  for (const key of new Set(elsewhere.flatMap(concerning))) {
    const part = batchman.plan.part(key);
    if (part?.kind === 'job' || part?.kind === 'stream') sayAgain(batchman, part);
  }
}

/** Definitions of what newcomers wait for, or are in: those who run them may not have them. */
export function knownBefore(plan: Plan, { streams, jobs }: Newcomers): Newcomers {
  const own = new Set<PartKey>(streams.map(({ id }): PartKey => `stream/${id}`));
  const keys = [...streams, ...jobs].flatMap(concerning).filter((key) => !own.has(key));
  const parts = [...new Set(keys)].map((key) => plan.part(key));
  return {
    streams: parts.flatMap((part) => (part?.kind === 'stream' && part.def ? [part.def] : [])),
    jobs: parts.flatMap((part) => (part?.kind === 'job' && part.def ? [part.def] : [])),
  };
}

/** What was submitted, of the parts of a copy, and waits yet. */
export function newcomersIn(parts: readonly Part[]): Newcomers {
  const waiting = parts.filter(
    (part) =>
      (part.kind === 'job' || part.kind === 'stream') && WAITING.has(part.s?.state ?? 'HOLD'),
  );
  return {
    streams: waiting.flatMap((part) =>
      part.kind === 'stream' && isNew(part.def) ? [part.def] : [],
    ),
    jobs: waiting.flatMap((part) => (part.kind === 'job' && isNew(part.def) ? [part.def] : [])),
  };
}

function isNew<D extends StreamDefinition | JobDefinition>(def: D | undefined): def is D {
  return def?.submitted !== undefined;
}

function concerning(def: StreamDefinition | JobDefinition): readonly PartKey[] {
  const follows = def.follows.map(({ kind, id }): PartKey => `${kind}/${id}`);
  return 'stream' in def ? [...follows, `stream/${def.stream}`] : follows;
}
