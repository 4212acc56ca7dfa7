import * as v from 'valibot';
import { JOB_STATES, STREAM_STATES } from '../model.ts';

/** Rows that one page may have. */
export const MAX_PAGE_ROWS = 1_000;
/** Jobs of a stream that are answered with it. */
export const MAX_STREAM_JOBS = 5_000;
/** Moments of a job's history. */
export const MAX_MOMENTS = 200;

export const JOB_SORTS = ['id', 'state', 'ws', 'priority', 'start', 'end'] as const;
export type JobSort = (typeof JOB_SORTS)[number];
export const STREAM_SORTS = ['id', 'state', 'ws', 'priority'] as const;
export type StreamSort = (typeof STREAM_SORTS)[number];

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const page = {
  /** `next` of the page before. */
  after: v.exactOptional(v.pipe(v.string(), v.maxLength(1_024))),
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PAGE_ROWS)),
  descending: v.exactOptional(v.boolean()),
};

export const jobQuery = v.strictObject({
  states: v.exactOptional(v.array(v.picklist(JOB_STATES))),
  ws: v.exactOptional(text),
  stream: v.exactOptional(text),
  /** Part of its id as it stands, in upper or lower case; no pattern. */
  text: v.exactOptional(text),
  sort: v.exactOptional(v.picklist(JOB_SORTS)),
  ...page,
});
export type JobQuery = v.InferOutput<typeof jobQuery>;

export const streamQuery = v.strictObject({
  states: v.exactOptional(v.array(v.picklist(STREAM_STATES))),
  ws: v.exactOptional(text),
  text: v.exactOptional(text),
  sort: v.exactOptional(v.picklist(STREAM_SORTS)),
  ...page,
});
export type StreamQuery = v.InferOutput<typeof streamQuery>;

/** What may be asked of a plan. */
export const planQuestion = v.variant('q', [
  v.strictObject({ q: v.literal('overview') }),
  v.strictObject({ q: v.literal('jobs'), query: jobQuery }),
  v.strictObject({ q: v.literal('streams'), query: streamQuery }),
  v.strictObject({ q: v.literal('stream'), id: text }),
  v.strictObject({ q: v.literal('job'), id: text }),
  v.strictObject({ q: v.literal('workstations') }),
]);
export type PlanQuestion = v.InferOutput<typeof planQuestion>;
