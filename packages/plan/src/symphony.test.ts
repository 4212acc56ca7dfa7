import { describe, expect, it } from 'vitest';
import { jobOf, jobStatus, on, planOf, streamOf, streamStatus } from '../test/figure-3.ts';
import type { Definitions, JobTemplate, StreamTemplate, TemplateTime } from './definitions.ts';
import type { JobState, StreamState } from './model.ts';
import { STREAM_STATES } from './model.ts';
import type { Plan } from './plan.ts';
import { carriedForward, makeSymphony, runOf } from './symphony.ts';

function job(name: string, more: Partial<JobTemplate> = {}): JobTemplate {
  return {
    name,
    ws: 'FTA1A',
    command: `run ${name}`,
    follows: [],
    priority: 10,
    prompts: [],
    recovery: 'stop',
    ...more,
  };
}

function stream(name: string, more: Partial<StreamTemplate> = {}): StreamTemplate {
  return { ws: 'FTA1A', name, follows: [], priority: 10, prompts: [], jobs: [], ...more };
}

function made(streams: readonly StreamTemplate[], more: { now?: string; offset?: number } = {}) {
  const { now = '2026-03-01T10:00:00Z', offset = 0 } = more;
  const definitions: Definitions = { streams };
  return makeSymphony({
    definitions,
    run: 7,
    nowMs: Date.parse(now),
    utcOffsetMinutes: offset,
  });
}

describe('a new plan', () => {
  it('has an instance of each stream and job, named by its run', () => {
    const { streams, jobs } = made([
      stream('NIGHT', {
        priority: 100,
        limit: 2,
        jobs: [job('ONE'), job('TWO', { ws: 'DM1', recovery: 'rerun', rerunLimit: 5 })],
      }),
    ]);
    expect(streams).toEqual([
      {
        id: 'FTA1A#NIGHT.7',
        ws: 'FTA1A',
        name: 'NIGHT',
        jobs: ['FTA1A#NIGHT.7.ONE', 'FTA1A#NIGHT.7.TWO'],
        follows: [],
        priority: 100,
        limit: 2,
        prompts: [],
      },
    ]);
    expect(jobs[1]).toEqual({
      id: 'FTA1A#NIGHT.7.TWO',
      stream: 'FTA1A#NIGHT.7',
      name: 'TWO',
      ws: 'DM1',
      command: 'run TWO',
      follows: [],
      priority: 10,
      prompts: [],
      recovery: 'rerun',
      rerunLimit: 5,
    });
  });

  it('has dependencies on instances of the same run', () => {
    const { streams, jobs } = made([
      stream('A', { jobs: [job('X')] }),
      stream('B', {
        follows: [{ ws: 'FTA1A', stream: 'A' }],
        jobs: [job('Y', { follows: [{ ws: 'FTA1A', stream: 'A', job: 'X' }] })],
      }),
    ]);
    expect(streams[1]?.follows).toEqual([{ kind: 'stream', id: 'FTA1A#A.7' }]);
    expect(jobs[1]?.follows).toEqual([{ kind: 'job', id: 'FTA1A#A.7.X' }]);
  });

  it('asks each prompt under a name of its own', () => {
    const { streams, jobs, prompts } = made([
      stream('A', { prompts: ['Go?', 'Sure?'], jobs: [job('PROMPT1', { prompts: ['Really?'] })] }),
    ]);
    expect(prompts).toEqual([
      { id: 'FTA1A#A.7.PROMPT1.PROMPT1', text: 'Really?' },
      { id: 'FTA1A#A.7.PROMPT1', text: 'Go?' },
      { id: 'FTA1A#A.7.PROMPT2', text: 'Sure?' },
    ]);
    expect(streams[0]?.prompts).toEqual(['FTA1A#A.7.PROMPT1', 'FTA1A#A.7.PROMPT2']);
    expect(jobs[0]?.prompts).toEqual(['FTA1A#A.7.PROMPT1.PROMPT1']);
  });

  it.each([
    ['in UTC', '2026-03-01T10:00:00Z', 0, '2026-03-01T22:30:00.000Z'],
    [
      'that has passed, is today all the same',
      '2026-03-01T23:00:00Z',
      0,
      '2026-03-01T22:30:00.000Z',
    ],
    ['east, where it is tomorrow already', '2026-03-01T23:30:00Z', 60, '2026-03-02T21:30:00.000Z'],
    ['west, where it is yesterday still', '2026-03-01T03:00:00Z', -300, '2026-03-01T03:30:00.000Z'],
    ['half an hour off', '2026-03-01T10:00:00Z', 330, '2026-03-01T17:00:00.000Z'],
    ['at midnight itself', '2026-03-01T00:00:00Z', 0, '2026-03-01T22:30:00.000Z'],
  ])('has times of day %s', (_what, now, offset, expected) => {
    const at: TemplateTime = { kind: 'day', seconds: 22.5 * 3_600 };
    const { streams, jobs } = made([stream('A', { at, jobs: [job('X', { at })] })], {
      now,
      offset,
    });
    for (const one of [streams[0], jobs[0]]) {
      expect(new Date(one?.atMs ?? 0).toISOString()).toBe(expected);
    }
  });

  it('has times after it was made', () => {
    const at: TemplateTime = { kind: 'after', seconds: 90 };
    const { streams } = made([stream('A', { at })], { offset: 60 });
    expect(streams[0]?.atMs).toBe(Date.parse('2026-03-01T10:01:30Z'));
  });

  it('knows the run of each of its names', () => {
    const { streams, jobs, prompts } = made([
      stream('A-9', { prompts: ['Go?'], jobs: [job('X_1', { prompts: ['Go?'] })] }),
    ]);
    for (const { id } of [...streams, ...jobs, ...prompts]) expect(runOf(id)).toBe(7);
    expect(runOf('GO')).toBe(0);
  });
});

/** Two streams; B follows a job of A, and its job all of A. */
function twoStreams(states: {
  a?: StreamState;
  x?: JobState;
  b?: StreamState;
  y?: JobState;
}): Plan {
  const plan = planOf(
    [
      jobOf('FTA1A#A.1.X', { prompts: ['FTA1A#A.1.X.PROMPT1'] }),
      jobOf('FTA1A#A.1.Z'),
      jobOf('DM1#B.1.Y', { follows: [on('FTA1A#A.1')], prompts: ['DM1#B.1.Y.PROMPT1'] }),
    ],
    [
      streamOf('FTA1A#A.1'),
      streamOf('DM1#B.1', { follows: [on('FTA1A#A.1.X')], prompts: ['DM1#B.1.PROMPT1'] }),
    ],
  );
  for (const id of ['FTA1A#A.1.X.PROMPT1', 'DM1#B.1.Y.PROMPT1', 'DM1#B.1.PROMPT1']) {
    plan.merge({ kind: 'prompt', id, def: { id, text: 'Go?' } });
  }
  const { a, x, b, y } = states;
  if (a !== undefined) plan.merge({ kind: 'stream', id: 'FTA1A#A.1', s: streamStatus(a) });
  if (b !== undefined) plan.merge({ kind: 'stream', id: 'DM1#B.1', s: streamStatus(b) });
  if (x !== undefined) plan.merge({ kind: 'job', id: 'FTA1A#A.1.X', s: jobStatus(x) });
  if (y !== undefined) plan.merge({ kind: 'job', id: 'DM1#B.1.Y', s: jobStatus(y) });
  return plan;
}

const ALL_OF_A = [
  'job/FTA1A#A.1.X',
  'job/FTA1A#A.1.Z',
  'prompt/FTA1A#A.1.X.PROMPT1',
  'stream/FTA1A#A.1',
];
const ALL_OF_B = [
  'job/DM1#B.1.Y',
  'prompt/DM1#B.1.PROMPT1',
  'prompt/DM1#B.1.Y.PROMPT1',
  'stream/DM1#B.1',
];

describe('carry forward', () => {
  it('leaves what has ended to the archive', () => {
    const plan = twoStreams({ a: 'SUCC', x: 'SUCC', b: 'SUCC', y: 'SUCC' });
    expect([...carriedForward(plan).kept]).toEqual([]);
  });

  it.each(STREAM_STATES.filter((state) => state !== 'SUCC' && state !== 'CANCEL'))(
    'takes a stream in %s with all its jobs and prompts',
    (state) => {
      const plan = twoStreams({ a: state, x: 'SUCC', b: 'SUCC', y: 'SUCC' });
      expect([...carriedForward(plan).kept].sort()).toEqual(ALL_OF_A);
    },
  );

  it('takes a stream of which nobody has said anything yet', () => {
    expect([...carriedForward(twoStreams({})).kept].sort()).toEqual(
      [...ALL_OF_A, ...ALL_OF_B].sort(),
    );
  });

  it('takes with a stream what it follows, though that has ended, and not what that followed', () => {
    const plan = twoStreams({ a: 'SUCC', x: 'SUCC', b: 'READY' });
    const expected = [...ALL_OF_B, 'job/FTA1A#A.1.X', 'stream/FTA1A#A.1'].sort();
    expect([...carriedForward(plan).kept].sort()).toEqual(expected);
  });

  it('takes a cancelled stream only when something follows it', () => {
    expect([...carriedForward(twoStreams({ a: 'CANCEL', b: 'CANCEL' })).kept]).toEqual([]);
    const followed = [...carriedForward(twoStreams({ a: 'CANCEL', b: 'HOLD' })).kept];
    expect(followed).toContain('stream/FTA1A#A.1');
    expect(followed).not.toContain('job/FTA1A#A.1.Z');
  });

  it.each([
    ['SUCC', 'EXEC'],
    ['CANCEL', 'EXEC'],
    ['CANCEL', 'WAIT'],
    ['CANCEL', 'SUCCP'],
  ] as const)('takes a stream in %s as long as a job of it is in %s', (a, x) => {
    const plan = twoStreams({ a, x, b: 'SUCC', y: 'SUCC' });
    expect([...carriedForward(plan).kept].sort()).toEqual(ALL_OF_A);
  });

  it('takes jobs that were submitted into a stream later', () => {
    const plan = twoStreams({ a: 'EXEC', b: 'SUCC' });
    const late = jobOf('FTA1A#A.1.LATE');
    plan.merge({ kind: 'job', id: late.id, def: late });
    expect(carriedForward(plan).kept.has('job/FTA1A#A.1.LATE')).toBe(true);
  });

  it('lets go of a predecessor with what followed it', () => {
    const plan = twoStreams({ a: 'SUCC', x: 'SUCC', b: 'READY' });
    const { kept } = carriedForward(plan);
    for (const part of [...plan.parts()]) {
      const key = `${part.kind}/${part.id}` as const;
      if (!kept.has(key)) plan.remove(key);
    }
    // The next run: the follower still waits, and its predecessors are kept again.
    expect([...carriedForward(plan).kept].sort()).toEqual([...kept].sort());
    plan.merge({
      kind: 'stream',
      id: 'DM1#B.1',
      s: { ...streamStatus('SUCC'), v: { era: 1, n: 2 } },
    });
    expect([...carriedForward(plan).kept]).toEqual([]);
  });
});
