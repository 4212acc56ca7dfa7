import * as v from 'valibot';
import type { Command, PlanEvent, Submission, Target } from './events.ts';
import {
  type Dependency,
  JOB_STATES,
  type JobDefinition,
  type PromptDefinition,
  STREAM_STATES,
  type StreamDefinition,
} from './model.ts';

/** What comes from a peer or a disk is checked by these before anything is done with it. */

/** Bounds of what one event may hold; see the package's README. */
export const EVENT_LIMITS = {
  nameLength: 256,
  textLength: 4_096,
  commandLength: 65_536,
  /** Names in a list: followers, sessions, voters. */
  listLength: 10_000,
};

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(EVENT_LIMITS.nameLength));
const text = v.pipe(v.string(), v.maxLength(EVENT_LIMITS.textLength));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const timeMs = v.pipe(v.number(), v.finite());
const names = v.pipe(v.array(name), v.maxLength(EVENT_LIMITS.listLength));
const version = v.strictObject({ era: count, n: count });
const epoch = v.strictObject({ number: count, owner: name });
const planId = v.strictObject({ epoch: count, run: count });
const yes = v.literal(true);

export const identityEntries = {
  ws: name,
  inc: count,
  nonce: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  id: count,
};

const dependency: v.GenericSchema<Dependency> = v.strictObject({
  kind: v.picklist(['job', 'stream']),
  id: name,
});
const dependencies = v.pipe(v.array(dependency), v.maxLength(EVENT_LIMITS.listLength));
const recovery = v.picklist(['stop', 'continue', 'rerun']);

export const streamDefinitionSchema: v.GenericSchema<StreamDefinition> = v.strictObject({
  id: name,
  ws: name,
  name,
  jobs: names,
  follows: dependencies,
  atMs: v.exactOptional(timeMs),
  priority: count,
  limit: v.exactOptional(count),
  prompts: names,
  submitted: v.exactOptional(count),
});

export const jobDefinitionSchema: v.GenericSchema<JobDefinition> = v.strictObject({
  id: name,
  stream: name,
  name,
  ws: name,
  command: v.pipe(v.string(), v.maxLength(EVENT_LIMITS.commandLength)),
  follows: dependencies,
  atMs: v.exactOptional(timeMs),
  priority: count,
  prompts: names,
  recovery,
  rerunLimit: v.exactOptional(count),
  confirmed: v.exactOptional(v.boolean()),
  submitted: v.exactOptional(count),
});

export const promptDefinitionSchema: v.GenericSchema<PromptDefinition> = v.strictObject({
  id: name,
  text,
});

export const statusSchemas = {
  job: v.strictObject({
    v: version,
    state: v.picklist(JOB_STATES),
    attempt: count,
    priority: count,
    startMs: v.exactOptional(timeMs),
    endMs: v.exactOptional(timeMs),
    rc: v.exactOptional(v.pipe(v.number(), v.safeInteger())),
    reruns: v.exactOptional(count),
    released: v.exactOptional(yes),
    cancelPending: v.exactOptional(yes),
    why: v.exactOptional(text),
  }),
  stream: v.strictObject({
    v: version,
    state: v.picklist(STREAM_STATES),
    priority: count,
    limit: v.exactOptional(count),
    open: v.boolean(),
    released: v.exactOptional(yes),
  }),
  grant: v.strictObject({ v: version, attempt: count }),
  prompt: v.strictObject({ v: version, state: v.picklist(['asked', 'yes', 'no']) }),
  cpu: v.strictObject({
    v: version,
    limit: count,
    fence: count,
    run: count,
    init: v.boolean(),
    jobman: v.boolean(),
    held: v.exactOptional(text),
    unfit: v.exactOptional(text),
    features: names,
  }),
  links: v.strictObject({ v: version, out: names, in: names }),
  linked: v.strictObject({ v: version, linked: v.boolean() }),
  dropped: v.strictObject({ v: version, agents: names }),
  voters: v.strictObject({ v: version, voters: names }),
};

const target: v.GenericSchema<Target> = v.strictObject({
  kind: v.picklist(['job', 'stream']),
  id: name,
});

const submission: v.GenericSchema<Submission> = v.strictObject({
  ws: name,
  name,
  command: v.pipe(v.string(), v.maxLength(EVENT_LIMITS.commandLength)),
  into: v.exactOptional(name),
  follows: dependencies,
  priority: count,
  atMs: v.exactOptional(timeMs),
  recovery,
});

const command: v.GenericSchema<Command> = v.variant('c', [
  v.strictObject({ c: v.literal('cancel'), target, pend: v.exactOptional(yes) }),
  v.strictObject({ c: v.literal('release'), target }),
  v.strictObject({ c: v.literal('altpri'), target, priority: count }),
  v.strictObject({ c: v.literal('rerun'), job: name }),
  v.strictObject({ c: v.literal('kill'), job: name }),
  v.strictObject({ c: v.literal('confirm'), job: name, as: v.picklist(['succ', 'abend']) }),
  v.strictObject({ c: v.literal('limit'), ws: name, limit: count }),
  v.strictObject({ c: v.literal('streamlimit'), stream: name, limit: count }),
  v.strictObject({ c: v.literal('fence'), ws: name, fence: count }),
  v.strictObject({ c: v.literal('reply'), prompt: name, yes: v.boolean() }),
  v.strictObject({ c: v.literal('submit'), submission }),
  v.strictObject({ c: v.literal('start'), ws: name }),
  v.strictObject({ c: v.literal('stop'), ws: name }),
  v.strictObject({ c: v.literal('unhold'), ws: name }),
  v.strictObject({ c: v.literal('link'), ws: name }),
  v.strictObject({ c: v.literal('unlink'), ws: name }),
  v.strictObject({ c: v.literal('jnextday') }),
]);

const outcome = v.variant('ok', [
  v.strictObject({ ok: v.literal(true), text: v.exactOptional(text) }),
  v.strictObject({ ok: v.literal(false), code: name, text }),
]);

export const commandSchema = command;
export const epochSchema = epoch;
export const planIdSchema = planId;

export const eventSchema: v.GenericSchema<PlanEvent> = v.variant('k', [
  v.strictObject({ k: v.literal('job'), id: name, s: statusSchemas.job }),
  v.strictObject({ k: v.literal('stream'), id: name, s: statusSchemas.stream }),
  v.strictObject({ k: v.literal('grant'), id: name, s: statusSchemas.grant }),
  v.strictObject({ k: v.literal('prompt'), id: name, s: statusSchemas.prompt }),
  v.strictObject({ k: v.literal('cpu'), ws: name, s: statusSchemas.cpu }),
  v.strictObject({ k: v.literal('links'), ws: name, s: statusSchemas.links }),
  v.strictObject({ k: v.literal('linked'), ws: name, s: statusSchemas.linked }),
  v.strictObject({ k: v.literal('dropped'), by: name, s: statusSchemas.dropped }),
  v.strictObject({ k: v.literal('voters'), domain: name, s: statusSchemas.voters }),
  v.strictObject({
    k: v.literal('add'),
    streams: v.pipe(v.array(streamDefinitionSchema), v.maxLength(EVENT_LIMITS.listLength)),
    jobs: v.pipe(v.array(jobDefinitionSchema), v.maxLength(EVENT_LIMITS.listLength)),
    prompts: v.pipe(v.array(promptDefinitionSchema), v.maxLength(EVENT_LIMITS.listLength)),
  }),
  v.strictObject({ k: v.literal('command'), owner: name, command }),
  v.strictObject({ k: v.literal('answer'), of: v.strictObject(identityEntries), outcome }),
  v.strictObject({ k: v.literal('epoch'), domain: name, epoch }),
  v.strictObject({ k: v.literal('plan'), plan: planId }),
]);
