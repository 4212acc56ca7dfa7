import {
  type JobDefinition,
  keyOf,
  type Part,
  type PartKey,
  type Plan,
  type PlanEvent,
  type StreamDefinition,
} from '@ftctl/plan';
import type { Batchman } from './batchman.ts';
import { sayAgain } from './resay.ts';
import { endedWell } from './satisfied.ts';
import { runsFor } from './versions.ts';

type AddEvent = Extract<PlanEvent, { readonly k: 'add' }>;

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

/**
 * What the master says of newcomers: them, and then the definitions of what they
 * wait for, or are in, which those who run them may not have.
 */
export function newcomerEvents(plan: Plan, newcomers: Newcomers): readonly AddEvent[] {
  const { streams, jobs } = newcomers;
  const known = knownBefore(plan, newcomers);
  const isAny = known.streams.length + known.jobs.length > 0;
  return [
    { k: 'add', streams, jobs, prompts: [] },
    ...(isAny ? [{ k: 'add', ...known, prompts: [] } as const] : []),
  ];
}

function knownBefore(plan: Plan, { streams, jobs }: Newcomers): Newcomers {
  const own = new Set<PartKey>(streams.map(({ id }): PartKey => `stream/${id}`));
  const keys = [...streams, ...jobs].flatMap(concerning).filter((key) => !own.has(key));
  const parts = [...new Set(keys)].map((key) => plan.part(key));
  return {
    streams: parts.flatMap((part) => (part?.kind === 'stream' && part.def ? [part.def] : [])),
    jobs: parts.flatMap((part) => (part?.kind === 'job' && part.def ? [part.def] : [])),
  };
}

/** What was submitted into the plan of a run, and has not ended well: a stream with its jobs, or a job alone. */
export function unendedOf(plan: Plan, run: number): Newcomers {
  const parts = [...plan.parts()];
  const jobs = parts.flatMap((part) =>
    part.kind === 'job' && part.def?.submitted === run && !endedWell(part) ? [part.def] : [],
  );
  const streams = new Set(jobs.map(({ stream }) => stream));
  return {
    jobs,
    streams: parts.flatMap((part) =>
      part.kind === 'stream' && part.def?.submitted === run && streams.has(part.id)
        ? [part.def]
        : [],
    ),
  };
}

/** Keys of what was submitted into the plan of a run, or a later one, and of what that waits for or is in. */
export function submittedInto(plan: Plan, run: number): ReadonlySet<PartKey> {
  const keys = new Set<PartKey>();
  for (const part of plan.parts()) {
    if (part.kind !== 'job' && part.kind !== 'stream') continue;
    if (part.def === undefined || (part.def.submitted ?? 0) < run) continue;
    for (const key of [keyOf(part), ...concerning(part.def)]) keys.add(key);
  }
  return keys;
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
