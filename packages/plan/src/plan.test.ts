import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageIdentity, PlanEvent } from './events.ts';
import type { JobStatus } from './model.ts';
import { Plan } from './plan.ts';

const FROM: MessageIdentity = { ws: 'FTA1A', inc: 1, nonce: 'ab12cd34', id: 1 };

function job(era: number, n: number, state: JobStatus['state']): PlanEvent {
  return {
    k: 'job',
    id: 'FTA1A#NIGHT.1.LOAD',
    s: { v: { era, n }, state, attempt: 1, priority: 10 },
  };
}

describe('a copy of the plan', () => {
  it('keeps the highest version of a part', () => {
    const plan = new Plan();
    expect(plan.apply(job(1, 2, 'SUCC'), FROM)).toEqual(['job/FTA1A#NIGHT.1.LOAD']);
    expect(plan.apply(job(1, 1, 'EXEC'), FROM)).toEqual([]);
    expect(plan.job('FTA1A#NIGHT.1.LOAD').s?.state).toBe('SUCC');
    plan.apply(job(2, 1, 'DONE'), FROM);
    expect(plan.job('FTA1A#NIGHT.1.LOAD').s?.state).toBe('DONE');
  });

  it('becomes the same whatever the order of events', () => {
    const events: PlanEvent[] = [
      job(1, 1, 'READY'),
      job(1, 2, 'EXEC'),
      job(1, 3, 'SUCC'),
      { k: 'answer', of: FROM, outcome: { ok: true } },
      { k: 'command', owner: 'FTA1A', command: { c: 'limit', ws: 'FTA1A', limit: 3 } },
      {
        k: 'add',
        streams: [],
        prompts: [],
        jobs: [
          {
            id: 'FTA1A#NIGHT.1.LOAD',
            stream: 'FTA1A#NIGHT.1',
            name: 'LOAD',
            ws: 'FTA1A',
            command: 'true',
            follows: [],
            priority: 10,
            prompts: [],
            recovery: 'stop',
          },
        ],
      },
    ];
    const stateAfter = (order: readonly PlanEvent[]) => {
      const plan = new Plan();
      for (const event of order) plan.apply(event, FROM);
      return [...plan.parts()];
    };
    const expected = stateAfter(events);
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (order) => {
        expect(stateAfter(order)).toEqual(expected);
      }),
    );
    expect(expected.map((part) => part.kind)).toEqual(['job']);
  });

  it('knows a request as pending until its answer', () => {
    const plan = new Plan();
    plan.apply({ k: 'command', owner: 'DM1', command: { c: 'stop', ws: 'DM1' } }, FROM);
    expect(plan.pending().map(({ owner }) => owner)).toEqual(['DM1']);
    plan.apply({ k: 'answer', of: FROM, outcome: { ok: true } }, { ...FROM, ws: 'DM1' });
    expect(plan.pending()).toEqual([]);
  });

  it('finds who follows a job, also when definitions are taken out again', () => {
    const plan = new Plan();
    const def = {
      id: 'A#S.1.TWO',
      stream: 'A#S.1',
      name: 'TWO',
      ws: 'A',
      command: 'true',
      follows: [{ kind: 'job', id: 'B#T.1.ONE' }],
      priority: 10,
      prompts: ['A#S.1.GO'],
      recovery: 'stop',
    } as const;
    plan.apply({ k: 'add', streams: [], prompts: [], jobs: [def] }, FROM);
    expect([...plan.index.followersOf('job/B#T.1.ONE')]).toEqual(['job/A#S.1.TWO']);
    expect([...plan.index.askingFor('A#S.1.GO')]).toEqual(['job/A#S.1.TWO']);
    plan.remove('job/A#S.1.TWO');
    expect([...plan.index.followersOf('job/B#T.1.ONE')]).toEqual([]);
    expect([...plan.index.jobsOf('A')]).toEqual([]);
  });
});
