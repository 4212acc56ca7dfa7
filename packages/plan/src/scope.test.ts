import { describe, expect, it } from 'vitest';
import {
  jobOf,
  jobStatus,
  on,
  planOf,
  READERS,
  runnerOf,
  streamOf,
  streamStatus,
  tree,
} from '../test/figure-3.ts';
import type { Part } from './parts.ts';
import { concerns, scoped } from './scope.ts';

/** Night on an agent of DM1: TWO runs beside it, and a report in DM2 follows TWO. */
function night() {
  const plan = planOf([
    jobOf('FTA1A#NIGHT.1.ONE'),
    jobOf('FTA1A#NIGHT.1.TWO', { ws: 'FTA1B', follows: [on('FTA1A#NIGHT.1.ONE')] }),
    jobOf('FTA2A#REPORT.1.PRINT', { follows: [on('FTA1A#NIGHT.1.TWO')], prompts: ['GO'] }),
  ]);
  plan.merge({ kind: 'prompt', id: 'GO', def: { id: 'GO', text: 'Go?' } });
  for (const id of ['FTA1A#NIGHT.1.ONE', 'FTA1A#NIGHT.1.TWO', 'FTA2A#REPORT.1.PRINT']) {
    plan.merge({ kind: 'job', id, s: jobStatus('HOLD') });
  }
  for (const id of ['FTA1A#NIGHT.1', 'FTA2A#REPORT.1']) {
    plan.merge({ kind: 'stream', id, s: streamStatus('READY') });
  }
  return plan;
}

/** Who holds a part: with its state, or its definition alone. */
function holders(part: Part | undefined, plan = night()): { all: string[]; known: string[] } {
  const all: string[] = [];
  const known: string[] = [];
  for (const reader of part === undefined ? [] : READERS) {
    const seen = scoped({ plan, tree, reader, runnerOf }, part as Part);
    if (seen !== undefined) ('s' in seen ? all : known).push(reader);
  }
  return { all, known };
}

const CORE_1 = ['DM1', 'FS1A'];
const CORE_2 = ['DM2'];
const ROOT = ['MASTER', 'FSA'];

describe('a copy of the plan', () => {
  it('holds a job for who runs it, owns its stream, follows it, and all that are above these', () => {
    const plan = night();
    const two = holders(plan.part('job/FTA1A#NIGHT.1.TWO'));
    expect(two.all.sort()).toEqual(
      [...ROOT, ...CORE_1, ...CORE_2, 'FTA1A', 'FTA1B', 'FTA2A'].sort(),
    );
    expect(two.known).toEqual([]);
    const one = holders(plan.part('job/FTA1A#NIGHT.1.ONE'));
    expect(one.all.sort()).toEqual([...ROOT, ...CORE_1, 'FTA1A', 'FTA1B'].sort());
  });

  it('holds what waits for its objects without the state, of which it is not told', () => {
    const print = holders(night().part('job/FTA2A#REPORT.1.PRINT'));
    expect(print.all.sort()).toEqual([...ROOT, ...CORE_2, 'FTA2A'].sort());
    expect(print.known.sort()).toEqual([...CORE_1, 'FTA1B'].sort());
    const stream = streamOf('DM2#NEXT.1', { follows: [on('FTA1A#NIGHT.1')] });
    const plan = planOf(
      [...night().index.jobsOf('FTA1A')].map((id) => jobOf(id)),
      [stream],
    );
    plan.merge({ kind: 'stream', id: stream.id, s: streamStatus('HOLD') });
    const next = holders(plan.part('stream/DM2#NEXT.1'), plan);
    expect(next.known.sort()).toEqual([...CORE_1, 'FTA1A'].sort());
  });

  it('holds a stream for those that run its jobs', () => {
    expect(holders(night().part('stream/FTA1A#NIGHT.1')).all.sort()).toEqual(
      [...ROOT, ...CORE_1, 'FTA1A', 'FTA1B'].sort(),
    );
  });

  it('holds a prompt for those that wait for it', () => {
    const { all, known } = holders(night().part('prompt/GO'));
    expect([...all, ...known].sort()).toEqual([...ROOT, ...CORE_2, 'FTA2A'].sort());
  });

  it('holds a grant for the workstation that runs the job, not for those that follow it', () => {
    const plan = night();
    plan.merge({
      kind: 'job',
      id: 'FTA1A#NIGHT.1.TWO',
      g: { v: { era: 1, n: 1 }, attempt: 1 },
    });
    const grants = READERS.filter((reader) => {
      const seen = scoped({ plan, tree, reader, runnerOf }, plan.job('FTA1A#NIGHT.1.TWO'));
      return seen !== undefined && 'g' in seen;
    });
    expect(grants.sort()).toEqual([...ROOT, ...CORE_1, 'FTA1A', 'FTA1B'].sort());
  });

  it('of an agent shows what runs its domain, of a core the core above; by their status alone', () => {
    const v = { era: 1, n: 1 };
    const shown = (id: string, reader: string) =>
      scoped(
        { plan: night(), tree, reader, runnerOf },
        {
          kind: 'cpu',
          id,
          s: { v, limit: 1, fence: 0, run: 1, init: true, jobman: true, features: [] },
          links: { v, in: [], out: [] },
          linked: { v, linked: true },
        },
      );
    expect(Object.keys(shown('DM1', 'FTA1A') ?? {})).toEqual(['kind', 'id', 's']);
    expect(Object.keys(shown('FSA', 'DM1') ?? {})).toEqual(['kind', 'id', 's']);
    expect(shown('FTA1B', 'FTA1A')).toBeUndefined();
    expect(shown('FTAA', 'DM1')).toBeUndefined();
    expect(shown('DM2', 'DM1')).toBeUndefined();
    expect(shown('FTA1A', 'FTA1A')).toHaveProperty('links');
    expect(shown('FTA11A', 'DM1')).toHaveProperty('links');
    expect(shown('X-A', 'FTA1A')).toHaveProperty('linked');
  });

  it('holds a request for who asked and who is asked', () => {
    const of = { ws: 'FTA11A', inc: 1, nonce: '00000000', id: 1 };
    const command = { c: 'start', ws: 'DM2' } as const;
    const part: Part = { kind: 'command', id: 'x', of, owner: 'DM2', command };
    const { known } = holders(part);
    expect(known.sort()).toEqual([...ROOT, ...CORE_1, ...CORE_2, 'DM11', 'FTA11A'].sort());
  });

  it('holds an answer that came first wherever the request may still come', () => {
    const of = { ws: 'FTA11A', inc: 1, nonce: '00000000', id: 1 };
    const { known } = holders({ kind: 'command', id: 'x', of, owner: 'FTA1A', answered: true });
    const request = holders({ kind: 'command', id: 'x', of, owner: 'FTA1A' });
    expect(known).toEqual(request.known);
    expect(known).not.toContain('DM2');
    const byItsAsker = holders({ kind: 'command', id: 'x', of, answered: true });
    expect(byItsAsker.known).toEqual(expect.arrayContaining([...CORE_2, 'FTA11A']));
    expect(byItsAsker.known).not.toContain('FTA2A');
  });

  it('holds a state without a definition where all from below is heard', () => {
    const { all } = holders({ kind: 'job', id: 'FTA1A#NIGHT.1.NEW', s: jobStatus('EXEC') });
    expect(all.sort()).toEqual([...ROOT, ...CORE_1, ...CORE_2, 'DM11'].sort());
  });
});

describe('a workstation', () => {
  it('is the business of itself and of what runs a domain above it', () => {
    const of = (ws: string) => READERS.filter((reader) => concerns({ tree, reader, runnerOf }, ws));
    expect(of('FTA1A').sort()).toEqual([...ROOT, ...CORE_1, 'FTA1A'].sort());
    expect(of('MASTER').sort()).toEqual([...ROOT].sort());
    expect(of('X-A').sort()).toEqual([...ROOT, ...CORE_1, 'FTA1A'].sort());
    expect(of('FTA11A').sort()).toEqual([...ROOT, ...CORE_1, 'DM11', 'FTA11A'].sort());
  });
});
