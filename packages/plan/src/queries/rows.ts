import * as v from 'valibot';

/** What is shown of a plan to many watchers, from a mirror or from Symphony itself. */

const text = v.string();
const count = v.pipe(v.number(), v.safeInteger());
const maybe = v.nullable(count);

export const jobRow = v.strictObject({
  id: text,
  stream: v.nullable(text),
  ws: v.nullable(text),
  state: text,
  attempt: count,
  priority: maybe,
  /** Milliseconds since 1970 UTC, as all times. */
  startMs: maybe,
  endMs: maybe,
  rc: maybe,
});
export type JobRow = v.InferOutput<typeof jobRow>;

export const streamRow = v.strictObject({
  id: text,
  ws: v.nullable(text),
  name: v.nullable(text),
  state: text,
  priority: maybe,
  limit: maybe,
  atMs: maybe,
  /** How many of its jobs are in each state. */
  jobs: v.record(text, count),
});
export type StreamRow = v.InferOutput<typeof streamRow>;

const dependency = v.strictObject({ kind: v.picklist(['job', 'stream']), id: text });

/** A job of a stream, for its graph. */
export const streamJob = v.strictObject({
  ...jobRow.entries,
  name: v.nullable(text),
  follows: v.array(dependency),
});
export type StreamJob = v.InferOutput<typeof streamJob>;

export const streamDetail = v.strictObject({
  ...streamRow.entries,
  follows: v.array(dependency),
  prompts: v.array(text),
  list: v.array(streamJob),
  /** There are more jobs than are listed. */
  more: v.boolean(),
});
export type StreamDetail = v.InferOutput<typeof streamDetail>;

export const jobDetail = v.strictObject({
  ...jobRow.entries,
  name: v.nullable(text),
  command: v.nullable(text),
  recovery: v.nullable(text),
  atMs: maybe,
  why: v.nullable(text),
  prompts: v.array(text),
  /** What it waits for, and how far that is; null where it is not in the plan. */
  follows: v.array(v.strictObject({ ...dependency.entries, state: v.nullable(text) })),
  /** The newest states that it went through, oldest first; of a mirror alone. */
  history: v.array(v.strictObject({ atMs: count, state: text, attempt: count, rc: maybe })),
});
export type JobDetail = v.InferOutput<typeof jobDetail>;

export const planOverview = v.strictObject({
  run: count,
  madeAtMs: count,
  streams: v.record(text, count),
  jobs: v.record(text, count),
});
export type PlanOverview = v.InferOutput<typeof planOverview>;

export const workstationRow = v.strictObject({
  id: text,
  domain: v.nullable(text),
  type: v.nullable(text),
  host: v.nullable(text),
  fullStatus: v.boolean(),
  limit: maybe,
  fence: maybe,
  run: maybe,
  linked: v.boolean(),
  init: v.boolean(),
  jobman: v.boolean(),
  held: v.nullable(text),
  unfit: v.nullable(text),
  jobs: v.record(text, count),
});
export type WorkstationRow = v.InferOutput<typeof workstationRow>;
