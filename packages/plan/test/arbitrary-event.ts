import fc from 'fast-check';
import type { Command, MessageIdentity, PlanEvent } from '../src/events.ts';
import {
  type Dependency,
  JOB_STATES,
  type JobDefinition,
  type PromptDefinition,
  STREAM_STATES,
  type StreamDefinition,
} from '../src/model.ts';

/** Arbitrary events of every kind, over few names so that they meet each other. */

const ws = fc.constantFrom('MASTER', 'DM1', 'FTA1A');
const streamId = fc.constantFrom('FTA1A#A.1', 'DM1#B.2');
const jobId = fc.tuple(streamId, fc.constantFrom('X', 'Y')).map((two) => two.join('.'));
const promptId = fc.constantFrom('FTA1A#A.1.PROMPT1', 'GO');
const count = fc.nat(200);
const timeMs = fc.nat(2_000_000_000_000);
const text = fc.string({ maxLength: 20 });
const version = fc.record({ era: fc.nat(3), n: fc.nat(5) });
const yes = fc.constant(true as const);
const dependency: fc.Arbitrary<Dependency> = fc.oneof(
  fc.record({ kind: fc.constant('job' as const), id: jobId }),
  fc.record({ kind: fc.constant('stream' as const), id: streamId }),
);
const dependencies = fc.array(dependency, { maxLength: 3 });
const names = (one: fc.Arbitrary<string>) => fc.uniqueArray(one, { maxLength: 3 });
const recovery = fc.constantFrom('stop' as const, 'continue' as const, 'rerun' as const);

/** All fields of `always`, and any of `sometimes`: absent, never undefined. */
function withOptional<A, B>(
  always: { [K in keyof A]: fc.Arbitrary<A[K]> },
  sometimes: { [K in keyof B]: fc.Arbitrary<B[K]> },
): fc.Arbitrary<A & Partial<B>> {
  return fc
    .tuple(fc.record(always), fc.record(sometimes, { requiredKeys: [] }))
    .map(([a, b]) => ({ ...a, ...b })) as fc.Arbitrary<A & Partial<B>>;
}

const streamDefinition: fc.Arbitrary<StreamDefinition> = withOptional(
  {
    id: streamId,
    ws,
    name: fc.constant('A'),
    jobs: names(jobId),
    follows: dependencies,
    priority: count,
    prompts: names(promptId),
  },
  { atMs: timeMs, limit: count },
);
const jobDefinition: fc.Arbitrary<JobDefinition> = withOptional(
  {
    id: jobId,
    stream: streamId,
    name: fc.constant('X'),
    ws,
    command: text,
    follows: dependencies,
    priority: count,
    prompts: names(promptId),
    recovery,
  },
  { atMs: timeMs, rerunLimit: count, confirmed: fc.boolean() },
);
const promptDefinition: fc.Arbitrary<PromptDefinition> = fc.record({ id: promptId, text });

const target = fc.oneof(
  fc.record({ kind: fc.constant('job' as const), id: jobId }),
  fc.record({ kind: fc.constant('stream' as const), id: streamId }),
);

/** One of each kind; by the name of the kind. */
const COMMANDS: { [C in Command['c']]: fc.Arbitrary<Extract<Command, { c: C }>> } = {
  cancel: withOptional({ c: fc.constant('cancel'), target }, { pend: yes }),
  release: fc.record({ c: fc.constant('release'), target }),
  altpri: fc.record({ c: fc.constant('altpri'), target, priority: count }),
  rerun: fc.record({ c: fc.constant('rerun'), job: jobId }),
  kill: fc.record({ c: fc.constant('kill'), job: jobId }),
  confirm: fc.record({
    c: fc.constant('confirm'),
    job: jobId,
    as: fc.constantFrom('succ' as const, 'abend' as const),
  }),
  limit: fc.record({ c: fc.constant('limit'), ws, limit: count }),
  streamlimit: fc.record({ c: fc.constant('streamlimit'), stream: streamId, limit: count }),
  fence: fc.record({ c: fc.constant('fence'), ws, fence: count }),
  reply: fc.record({ c: fc.constant('reply'), prompt: promptId, yes: fc.boolean() }),
  submit: fc.record({
    c: fc.constant('submit'),
    submission: withOptional(
      {
        ws,
        name: fc.constant('X'),
        command: text,
        follows: dependencies,
        priority: count,
        recovery,
      },
      { into: streamId, atMs: timeMs },
    ),
  }),
  start: fc.record({ c: fc.constant('start'), ws }),
  stop: fc.record({ c: fc.constant('stop'), ws }),
  unhold: fc.record({ c: fc.constant('unhold'), ws }),
  link: fc.record({ c: fc.constant('link'), ws }),
  unlink: fc.record({ c: fc.constant('unlink'), ws }),
  jnextday: fc.record({ c: fc.constant('jnextday') }),
};
const command: fc.Arbitrary<Command> = fc.oneof(...Object.values(COMMANDS));

export const identity: fc.Arbitrary<MessageIdentity> = fc.record({
  ws,
  inc: fc.integer({ min: 1, max: 2 }),
  nonce: fc.constantFrom('00000000', 'ab12cd34'),
  id: fc.integer({ min: 1, max: 20 }),
});

/** One arbitrary per kind of event; by the name of the kind. */
export const EVENTS: { [K in PlanEvent['k']]: fc.Arbitrary<Extract<PlanEvent, { k: K }>> } = {
  cpu: fc.record({
    k: fc.constant('cpu'),
    ws,
    s: withOptional(
      {
        v: version,
        limit: count,
        fence: count,
        run: count,
        init: fc.boolean(),
        jobman: fc.boolean(),
        features: names(fc.constantFrom('a', 'b')),
      },
      { held: text, unfit: text },
    ),
  }),
  links: fc.record({
    k: fc.constant('links'),
    ws,
    s: fc.record({ v: version, out: names(ws), in: names(ws) }),
  }),
  linked: fc.record({
    k: fc.constant('linked'),
    ws,
    s: fc.record({ v: version, linked: fc.boolean() }),
  }),
  stream: fc.record({
    k: fc.constant('stream'),
    id: streamId,
    s: withOptional(
      {
        v: version,
        state: fc.constantFrom(...STREAM_STATES),
        priority: count,
        open: fc.boolean(),
      },
      { limit: count, released: yes },
    ),
  }),
  job: fc.record({
    k: fc.constant('job'),
    id: jobId,
    s: withOptional(
      { v: version, state: fc.constantFrom(...JOB_STATES), attempt: count, priority: count },
      {
        startMs: timeMs,
        endMs: timeMs,
        rc: fc.integer({ min: -128, max: 255 }),
        reruns: count,
        released: yes,
        cancelPending: yes,
        why: text,
      },
    ),
  }),
  grant: fc.record({
    k: fc.constant('grant'),
    id: jobId,
    s: fc.record({ v: version, attempt: count }),
  }),
  prompt: fc.record({
    k: fc.constant('prompt'),
    id: promptId,
    s: fc.record({ v: version, state: fc.constantFrom('asked', 'yes', 'no') }),
  }),
  add: fc.record({
    k: fc.constant('add'),
    streams: fc.array(streamDefinition, { maxLength: 2 }),
    jobs: fc.array(jobDefinition, { maxLength: 2 }),
    prompts: fc.array(promptDefinition, { maxLength: 2 }),
  }),
  command: fc.record({ k: fc.constant('command'), owner: ws, command }),
  answer: fc.record({
    k: fc.constant('answer'),
    of: identity,
    outcome: fc.oneof(
      withOptional({ ok: fc.constant(true as const) }, { text }),
      fc.record({ ok: fc.constant(false as const), code: fc.constant('FT_TWS_ENDED'), text }),
    ),
  }),
  epoch: fc.record({
    k: fc.constant('epoch'),
    domain: ws,
    epoch: fc.record({ number: count, owner: ws }),
  }),
  voters: fc.record({
    k: fc.constant('voters'),
    domain: ws,
    s: fc.record({ v: version, voters: names(ws) }),
  }),
  dropped: fc.record({
    k: fc.constant('dropped'),
    by: ws,
    s: fc.record({ v: version, agents: names(ws) }),
  }),
  plan: fc.record({
    k: fc.constant('plan'),
    plan: fc.record({ epoch: count, run: count }),
  }),
};

export const event: fc.Arbitrary<PlanEvent> = fc.oneof(...Object.values(EVENTS));

/** Whatever its kind, a command inside an event. */
export const COMMAND_EVENTS = Object.entries(COMMANDS).map(
  ([name, one]) =>
    [name, fc.record({ k: fc.constant('command' as const), owner: ws, command: one })] as const,
);
