import { type JobDefinition, Plan, type PlanEvent, type StreamDefinition } from '@ftctl/plan';
import { describe, expect, it } from 'vitest';
import { isLeftBehind, isOfThePast } from './left-behind.ts';

const FROM = { ws: 'MASTER', inc: 1, nonce: 'ab12cd34', id: 1 };

function stream(run: number, jobs: readonly string[]): StreamDefinition {
  const id = `FTA#NIGHT.${run}`;
  return {
    id,
    ws: 'FTA',
    name: 'NIGHT',
    follows: [],
    priority: 10,
    prompts: [],
    jobs: jobs.map((name) => `${id}.${name}`),
  };
}

function job(run: number, name: string, more: Partial<JobDefinition> = {}): JobDefinition {
  return {
    id: `FTA#NIGHT.${run}.${name}`,
    stream: `FTA#NIGHT.${run}`,
    name,
    ws: 'FTA',
    command: 'true',
    follows: [],
    priority: 10,
    prompts: [],
    recovery: 'stop',
    ...more,
  };
}

function add(streams: readonly StreamDefinition[], jobs: readonly JobDefinition[]): PlanEvent {
  return { k: 'add', streams, jobs, prompts: [] };
}

function ended(run: number): PlanEvent {
  const s = { v: { era: 1, n: 9 }, state: 'SUCC' as const, attempt: 1, priority: 10 };
  return { k: 'job', id: `FTA#NIGHT.${run}.SHOW`, s };
}

/** The plan of run 3, in which something is. */
function planOf(...events: readonly PlanEvent[]): Plan {
  const plan = new Plan();
  plan.header = {
    plan: { epoch: 1, run: 3 },
    madeAtMs: 0,
    switchFaultTolerance: true,
  };
  for (const event of events) plan.apply(event, FROM);
  return plan;
}

describe('what an earlier run has left behind', () => {
  it('is an instance of it that nothing here waits for', () => {
    const plan = planOf(add([stream(3, ['LOAD'])], [job(3, 'LOAD')]));
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.2.LOAD')).toBe(true);
    expect(isLeftBehind(plan, 'stream/FTA#NIGHT.2')).toBe(true);
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.3.OTHER')).toBe(false);
    expect(isLeftBehind(plan, 'cpu/FTA')).toBe(false);
  });

  it('is not what was carried forward, nor what is added to such a stream', () => {
    const plan = planOf(add([stream(2, ['LOAD'])], [job(2, 'LOAD')]));
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.2.LOAD')).toBe(false);
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.2.ADDED')).toBe(false);
  });

  it('is a job of a stream that is here for its followers alone', () => {
    const plan = planOf(add([stream(2, ['LOAD'])], []));
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.2.LOAD')).toBe(true);
  });

  it('is what had come into a stream that has ended well, and is here for its followers', () => {
    const s = { v: { era: 1, n: 6 }, state: 'SUCC' as const, priority: 10, open: true };
    const follows = [{ kind: 'job' as const, id: 'FTA#NIGHT.2.LOAD' }];
    const show = add([stream(3, ['SHOW'])], [job(3, 'SHOW', { follows })]);
    const plan = planOf(add([stream(2, ['LOAD'])], [job(2, 'LOAD')]), show);
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.2.ADDED')).toBe(false);
    plan.apply({ k: 'stream', id: 'FTA#NIGHT.2', s }, FROM);
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.2.ADDED')).toBe(true);
  });

  it('is not what a job follows here, ended or not', () => {
    const follows = [{ kind: 'job' as const, id: 'FTA#NIGHT.2.LOAD' }];
    const plan = planOf(add([stream(3, ['SHOW'])], [job(3, 'SHOW', { follows })]));
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.2.LOAD')).toBe(false);
    plan.apply(ended(3), FROM);
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.2.LOAD')).toBe(false);
  });

  it('is what a job of an earlier run followed that has ended well', () => {
    const follows = [{ kind: 'job' as const, id: 'FTA#NIGHT.1.LOAD' }];
    const plan = planOf(add([stream(2, ['SHOW'])], [job(2, 'SHOW', { follows })]));
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.1.LOAD')).toBe(false);
    plan.apply(ended(2), FROM);
    expect(isLeftBehind(plan, 'job/FTA#NIGHT.1.LOAD')).toBe(true);
  });
});

it('what was submitted into a stream of an earlier run keeps what it followed', () => {
  const follows = [{ kind: 'job' as const, id: 'FTA#NIGHT.1.LOAD' }];
  const plan = planOf(add([], [job(2, 'SHOW', { follows, submitted: 3 })]), ended(2));
  expect(isLeftBehind(plan, 'job/FTA#NIGHT.1.LOAD')).toBe(false);
  expect(isLeftBehind(plan, 'stream/FTA#NIGHT.2')).toBe(false);
});

describe('an event of the past', () => {
  it('is one of instances that were left behind, not of what outlives plans', () => {
    const plan = planOf();
    const s = { v: { era: 1, n: 2 }, state: 'SUCC' as const, attempt: 1, priority: 10 };
    expect(isOfThePast(plan, { k: 'job', id: 'FTA#NIGHT.2.LOAD', s })).toBe(true);
    expect(isOfThePast(plan, { k: 'job', id: 'FTA#NIGHT.3.LOAD', s })).toBe(false);
    expect(isOfThePast(plan, { k: 'answer', of: FROM, outcome: { ok: true } })).toBe(false);
  });

  it('is an addition to an earlier run, unless it was submitted into this plan', () => {
    const plan = planOf();
    expect(isOfThePast(plan, add([], [job(2, 'OLD')]))).toBe(true);
    expect(isOfThePast(plan, add([], [job(2, 'OLD', { submitted: 2 })]))).toBe(true);
    expect(isOfThePast(plan, add([], [job(2, 'NEW', { submitted: 3 })]))).toBe(false);
  });
});
