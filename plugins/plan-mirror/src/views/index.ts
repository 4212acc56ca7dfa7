import { JOB_STATES, STREAM_STATES } from '@ftctl/plan';
import {
  JOB_SORTS,
  jobDetail,
  jobRow,
  MAX_PAGE_ROWS,
  type PlanQuestion,
  planOverview,
  STREAM_SORTS,
  streamDetail,
  streamRow,
  workstationRow,
} from '@ftctl/plan/queries';
import type { PluginContext, View, ViewRequest, Views } from '@ftctl/sdk';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import type { Mirror } from '../mirror.ts';
import { versionOf } from './version.ts';

/** Where an answer is from. */
const source = {
  from: v.picklist(['mirror', 'symphony']),
  why: v.exactOptional(v.string()),
};
const text = { type: 'string', minLength: 1, maxLength: 256 };
const page = {
  limit: { type: 'integer', minimum: 1, maximum: MAX_PAGE_ROWS, default: 100 },
  after: { type: 'string', maxLength: 1_024, description: '`next` of the page before' },
  descending: { type: 'boolean' },
};

/** What the panel, and other programs, may read of the plan. */
export function planViews(mirror: Mirror, { clock }: PluginContext<unknown>): Views {
  return {
    views: viewsOf(mirror),
    version: () => versionOf(mirror.status(), mirror.reading.source, clock.now()),
  };
}

function viewsOf(mirror: Mirror): readonly View[] {
  const ask = async (question: PlanQuestion) => {
    const { from, why, answer } = await mirror.reading.ask(question);
    if (answer === undefined) return undefined;
    const told = why === undefined ? { from } : { from, why };
    return Array.isArray(answer) ? { ...told, rows: answer } : { ...told, ...answer };
  };
  return [
    {
      path: 'plan',
      summary: 'The plan and how far it is; what the mirror does.',
      answer: shape({
        phase: v.string(),
        database: v.string(),
        lagMs: v.number(),
        lagRecords: v.number(),
        taken: v.exactOptional(v.string()),
        overview: v.exactOptional(planOverview),
      }),
      read: () => overview(mirror, ask),
    },
    {
      path: 'jobs',
      summary: 'Jobs, filtered, sorted and in pages.',
      query: {
        states: { type: 'array', items: { enum: JOB_STATES } },
        ws: text,
        stream: text,
        text: { ...text, description: 'part of the id' },
        sort: { enum: JOB_SORTS },
        ...page,
      },
      answer: shape(rowsOf(jobRow)),
      read: ({ query }) => ask({ q: 'jobs', query: queryOf(query) } as PlanQuestion),
    },
    {
      path: 'jobs/:id',
      summary: 'A job with what it waits for and what it went through.',
      answer: shape(jobDetail.entries),
      read: ({ params }) => ask({ q: 'job', id: params.id ?? '' }),
    },
    {
      path: 'streams',
      summary: 'Job streams, filtered, sorted and in pages.',
      query: {
        states: { type: 'array', items: { enum: STREAM_STATES } },
        ws: text,
        text: { ...text, description: 'part of the id' },
        sort: { enum: STREAM_SORTS },
        ...page,
      },
      answer: shape(rowsOf(streamRow)),
      read: ({ query }) => ask({ q: 'streams', query: queryOf(query) } as PlanQuestion),
    },
    {
      path: 'streams/:id',
      summary: 'A job stream with its jobs and what they follow.',
      answer: shape(streamDetail.entries),
      read: ({ params }) => ask({ q: 'stream', id: params.id ?? '' }),
    },
    {
      path: 'workstations',
      summary:
        'Workstations, whether they are linked, and how many of their jobs are in which state.',
      answer: shape({ rows: v.array(workstationRow) }),
      read: () => ask({ q: 'workstations' }),
    },
  ];
}

async function overview(
  mirror: Mirror,
  ask: (question: PlanQuestion) => Promise<object | undefined>,
): Promise<object> {
  const { phase, why, database, lagMs, lanes, taken } = mirror.status();
  const told = {
    phase,
    database,
    lagMs,
    lagRecords: Math.max(0, ...lanes.map(({ lag }) => lag)),
    ...(taken === undefined ? {} : { taken }),
  };
  // Where there is no plan to show, why is what there is to show.
  const found = await ask({ q: 'overview' }).catch((error: unknown) => {
    if (phase === 'following') throw error;
    return undefined;
  });
  if (found === undefined) return { ...mirror.reading.source, ...told, ...(why ? { why } : {}) };
  const { from, why: whyNot, ...plan } = found as { from: string; why?: string };
  return { from, ...(whyNot === undefined ? {} : { why: whyNot }), ...told, overview: plan };
}

/** A default of the schema is not filled in for what a query leaves out. */
function queryOf({ limit = page.limit.default, ...query }: ViewRequest['query']): object {
  return { ...query, limit };
}

function rowsOf<T extends v.GenericSchema>(row: T) {
  return {
    rows: v.array(row),
    next: v.exactOptional(v.string()),
    total: v.exactOptional(v.number()),
  };
}

/** JSON Schema of an answer with where it is from. */
function shape(entries: v.ObjectEntries): object {
  const { $schema: _dialect, ...schema } = toJsonSchema(v.object({ ...source, ...entries }), {
    errorMode: 'ignore',
  });
  return schema;
}
