import { describe, expect, it } from 'vitest';
import type { JobEvent } from './attempt.ts';
import { type JobmanState, type JobmanStep, startJobman, stepJobman } from './jobman.ts';
import { jobmanRowCodec, MAX_COMMAND_CHARACTERS } from './row.ts';

const launch = { job: 'A#S.1.J', attempt: 1, command: 'true' };
const id = { job: launch.job, attempt: 1 };

function launched(): JobmanState {
  return stepJobman(startJobman([]).state, { kind: 'launch', launch }).state;
}

function told(state: JobmanState, event: JobEvent): JobmanStep {
  return stepJobman(state, { kind: 'event', event });
}

function outcomes({ commit }: JobmanStep) {
  return commit.flatMap((change) => (change.kind === 'outcome' ? [change.outcome] : []));
}

describe('jobman', () => {
  it('stores the intent before it starts anything', () => {
    const step = stepJobman(startJobman([]).state, { kind: 'launch', launch });
    expect(step.commit).toEqual([{ kind: 'put', row: { ...launch, phase: 'intent' } }]);
    expect(step.thenRun).toEqual([{ kind: 'start', launch }]);
  });

  it('starts an attempt once, however often it is asked', () => {
    const again = stepJobman(launched(), { kind: 'launch', launch });
    expect([again.commit, again.thenRun]).toEqual([[], []]);
  });

  it('refuses a second attempt of a job whose first is not over', () => {
    const step = stepJobman(launched(), { kind: 'launch', launch: { ...launch, attempt: 2 } });
    expect(step.thenRun).toEqual([]);
    expect(outcomes(step)).toEqual([
      { kind: 'failed', job: launch.job, attempt: 2, why: 'A#S.1.J@1 is not over' },
    ]);
  });

  it('refuses a command that no system takes, and names the limit', () => {
    const command = 'x'.repeat(MAX_COMMAND_CHARACTERS + 1);
    const step = stepJobman(startJobman([]).state, {
      kind: 'launch',
      launch: { ...launch, command },
    });
    expect(outcomes(step)).toMatchObject([{ kind: 'failed', why: expect.stringMatching(/65536/) }]);
    expect(step.state.rows.size).toBe(0);
  });

  it('tells that it runs, then how it ended, each once', () => {
    const claimed = told(launched(), { ...id, kind: 'claimed', startMs: 5 });
    expect(outcomes(claimed)).toEqual([{ ...id, kind: 'running', startMs: 5 }]);
    expect(told(claimed.state, { ...id, kind: 'claimed', startMs: 5 }).commit).toEqual([]);
    const end = { ...id, kind: 'ended', rc: 3, startMs: 5, endMs: 9 } as const;
    const ended = told(claimed.state, end);
    expect(ended.commit).toEqual([
      { kind: 'delete', job: id.job },
      { kind: 'outcome', outcome: end },
    ]);
    expect(ended.thenRun).toEqual([{ kind: 'forget', ...id }]);
    expect(told(ended.state, end)).toMatchObject({ commit: [], thenRun: [] });
  });

  it('does not take a late word on an earlier attempt for one on the present', () => {
    const state = told(launched(), { ...id, kind: 'void' }).state;
    const second = stepJobman(state, { kind: 'launch', launch: { ...launch, attempt: 2 } }).state;
    expect(told(second, { ...id, kind: 'failed', why: 'late' }).commit).toEqual([]);
  });

  it('settles what the life before has left, and kills again what was to be killed', () => {
    const step = startJobman([{ ...launch, phase: 'running', kill: true }]);
    expect(step.thenRun).toEqual([
      { kind: 'sweep', known: [id] },
      { kind: 'settle', ...id },
      { kind: 'kill', ...id },
    ]);
    expect(step.commit).toEqual([]);
  });

  it('does not believe that what it has seen running never ran', () => {
    const { state } = startJobman([{ ...launch, phase: 'running' }]);
    expect(outcomes(told(state, { ...id, kind: 'void' }))).toMatchObject([{ kind: 'unknown' }]);
  });

  it('stores that a job is to be killed before it asks for it', () => {
    const step = stepJobman(launched(), { kind: 'kill', ...id });
    expect(step.commit).toMatchObject([{ kind: 'put', row: { kill: true } }]);
    expect(step.thenRun).toEqual([{ kind: 'kill', ...id }]);
    const again = stepJobman(step.state, { kind: 'kill', ...id });
    expect([again.commit, again.thenRun]).toEqual([[], [{ kind: 'kill', ...id }]]);
  });

  it('does not kill another attempt than the one that was meant', () => {
    const step = stepJobman(launched(), { kind: 'kill', job: id.job, attempt: 2 });
    expect([step.commit, step.thenRun]).toEqual([[], []]);
  });

  it('reads from disk what it has written, and nothing else', () => {
    const row = { ...launch, env: { A: 'b' }, cwd: '/', phase: 'running', kill: true } as const;
    expect(jobmanRowCodec.decode(jobmanRowCodec.encode(row))).toEqual(row);
    const bad = new TextEncoder().encode(JSON.stringify({ ...row, phase: 'done' }));
    expect(() => jobmanRowCodec.decode(bad)).toThrow(/intent of a job/);
  });
});
