import { Plan } from '@ftctl/plan';
import { describe, expect, it } from 'vitest';
import { newcomerEvents, unendedOf } from './batchman/newcomers.ts';
import { instantiate } from './submit.ts';

const FROM = { ws: 'M', inc: 1, nonce: '00000000', id: 1 };

/** M#S.1 with the jobs A and B, and M#T.1 with C, which follows the stream M#S.1. */
function aPlan(): Plan {
  const plan = new Plan();
  plan.header = { plan: { epoch: 0, run: 1 }, madeAtMs: 0, features: [] } as never;
  const stream = (name: string, jobs: readonly string[]) => {
    const id = `M#${name}.1`;
    const follows = name === 'T' ? [{ kind: 'stream', id: 'M#S.1' } as const] : [];
    const own = jobs.map((job) => `${id}.${job}`);
    return { id, ws: 'M', name, jobs: own, follows, priority: 10, prompts: [] };
  };
  const job = (id: string, stream: string) => {
    const name = id.slice(stream.length + 1);
    const rest = { command: 'true', follows: [], priority: 10, prompts: [] };
    return { id, stream, name, ws: 'M', recovery: 'stop', ...rest } as const;
  };
  const streams = [stream('S', ['A', 'B']), stream('T', ['C'])];
  const jobs = streams.flatMap(({ id, jobs }) => jobs.map((one) => job(one, id)));
  plan.apply({ k: 'add', streams, jobs, prompts: [] }, FROM);
  return plan;
}

const submission = { ws: 'F', name: 'X', command: 'true', priority: 10, recovery: 'stop' } as const;

describe('a submission', () => {
  it('is a stream of its own, or goes into one, with a name that is free', () => {
    const plan = aPlan();
    const first = instantiate(plan, { ...submission, follows: [] });
    expect(first).toMatchObject({ streams: [{ id: 'F#X.1' }], jobs: [{ id: 'F#X.1.X', ws: 'F' }] });
    const into = instantiate(plan, { ...submission, name: 'A', into: 'M#S.1', follows: [] });
    expect(into).toMatchObject({ streams: [], jobs: [{ id: 'M#S.1.A_2', stream: 'M#S.1' }] });
  });

  it('follows only what is there', () => {
    const follows = [{ kind: 'job', id: 'M#S.1.Z' } as const];
    expect(instantiate(aPlan(), { ...submission, follows })).toMatchObject({ ok: false });
  });

  it('does not wait for itself', () => {
    const asked = (kind: 'job' | 'stream', id: string, into = 'M#S.1') =>
      'code' in instantiate(aPlan(), { ...submission, into, follows: [{ kind, id }] });
    expect(asked('stream', 'M#S.1')).toBe(true);
    expect(asked('stream', 'M#T.1')).toBe(true);
    expect(asked('job', 'M#T.1.C')).toBe(true);
    expect(asked('job', 'M#S.1.A')).toBe(false);
    expect(asked('stream', 'M#S.1', 'M#T.1')).toBe(false);
  });

  it('brings the definitions of what it waits for, and of the stream that it goes into', () => {
    const plan = aPlan();
    const follows = [{ kind: 'job', id: 'M#S.1.A' } as const];
    const made = instantiate(plan, { ...submission, into: 'M#T.1', follows });
    if ('code' in made) throw new Error(made.code);
    const [added, known, ...more] = newcomerEvents(plan, made);
    expect(added).toMatchObject({ streams: [], jobs: [{ id: 'M#T.1.X' }] });
    expect(known).toMatchObject({ streams: [{ id: 'M#T.1' }], jobs: [{ id: 'M#S.1.A' }] });
    expect(more).toEqual([]);
  });

  it('is known as such until its job has ended well', () => {
    const plan = aPlan();
    const made = instantiate(plan, { ...submission, follows: [] });
    if ('code' in made) throw new Error(made.code);
    plan.apply({ k: 'add', ...made }, FROM);
    const ids = (run: number) => {
      const { streams, jobs } = unendedOf(plan, run);
      return [...streams, ...jobs].map(({ id }) => id);
    };
    expect([ids(1), ids(2)]).toEqual([['F#X.1', 'F#X.1.X'], []]);
    const s = { v: { era: 1, n: 1 }, state: 'SUCC', attempt: 1, priority: 10 } as const;
    plan.apply({ k: 'job', id: 'F#X.1.X', s }, FROM);
    expect(ids(1)).toEqual([]);
  });
});
