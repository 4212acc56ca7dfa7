import { describe, expect, it } from 'vitest';
import { type AttemptId, attemptName, type JobEvent } from '../../src/core/jobman/attempt.ts';
import type { JobRunner } from '../../src/io/jobs/job-runner.ts';

/** A machine on which plugins live one after another. */
export interface RunnerHarness {
  /** Begins a life; answers its runner, which is open. */
  begin(onEvent: (event: JobEvent) => void): Promise<JobRunner>;
  /** Ends the present life as a crash does, as far as the runner goes. */
  end(): Promise<void>;
  /** Lets time pass until `ready`. */
  until(ready: () => boolean, what: string): Promise<void>;
  pass(ms: number): Promise<void>;
  /** How often an attempt has run. */
  runs(id: AttemptId): Promise<number>;
  /** Outcome of a promise of the runner. */
  settle<T>(promise: Promise<T>): Promise<T>;
}

interface Life {
  readonly runner: JobRunner;
  readonly events: JobEvent[];
  last(id: AttemptId): Promise<JobEvent>;
  claimed(id: AttemptId): Promise<void>;
}

/** What every `JobRunner` keeps to: the real one and the simulated. */
export function jobRunnerContract(name: string, makeHarness: () => Promise<RunnerHarness>): void {
  const one = { job: 'A#S.1.ONE', attempt: 1 };
  const two = { job: 'A#S.1.TWO', attempt: 1 };

  async function begin(harness: RunnerHarness): Promise<Life> {
    const events: JobEvent[] = [];
    const runner = await harness.begin((event) => events.push(event));
    const of = (id: AttemptId) => events.filter((event) => attemptName(event) === attemptName(id));
    const last = (id: AttemptId) => of(id).find(({ kind }) => kind !== 'claimed');
    return {
      runner,
      events,
      last: async (id) => {
        await harness.until(() => last(id) !== undefined, `${attemptName(id)} is over`);
        return last(id) as JobEvent;
      },
      claimed: (id) => harness.until(() => of(id).length > 0, `${attemptName(id)} is claimed`),
    };
  }

  describe(`the contract of a job runner: ${name}`, () => {
    it('tells that a job runs, and then once how it ended', async () => {
      const harness = await makeHarness();
      const { runner, events, last } = await begin(harness);
      runner.start({ ...one, command: 'sleep 0.6; exit 3' });
      const ended = await last(one);
      await harness.pass(500);
      expect(events.map(({ kind }) => kind)).toEqual(['claimed', 'ended']);
      expect(ended).toMatchObject({ ...one, rc: 3 });
      const { startMs, endMs } = ended as Extract<JobEvent, { kind: 'ended' }>;
      expect(endMs - startMs).toBeGreaterThanOrEqual(590);
      expect(await harness.runs(one)).toBe(1);
    });

    it('takes a second start of an attempt that is under way for the same', async () => {
      const harness = await makeHarness();
      const { runner, events, last } = await begin(harness);
      for (let times = 0; times < 3; times += 1) {
        runner.start({ ...one, command: 'sleep 0.1' });
      }
      await last(one);
      await harness.pass(500);
      expect(events.filter(({ kind }) => kind === 'ended')).toHaveLength(1);
      expect(await harness.runs(one)).toBe(1);
    });

    it('lets jobs live on when its life ends, and finds them', async () => {
      const harness = await makeHarness();
      const first = await begin(harness);
      first.runner.start({ ...one, command: 'sleep 1.5; exit 4' });
      first.runner.start({ ...two, command: 'sleep 0.1; exit 5' });
      await first.claimed(one);
      await first.claimed(two);
      await harness.end();
      await harness.pass(300);
      const second = await begin(harness);
      for (const id of [one, two]) second.runner.settle(id);
      expect(await second.last(one)).toMatchObject({ kind: 'ended', rc: 4 });
      expect(await second.last(two)).toMatchObject({ kind: 'ended', rc: 5 });
      expect(second.events.filter((event) => event.job === one.job)).toHaveLength(2);
      expect([await harness.runs(one), await harness.runs(two)]).toEqual([1, 1]);
    });

    it('declares void what nobody has claimed, in every life, and it never runs', async () => {
      const harness = await makeHarness();
      for (let lives = 0; lives < 2; lives += 1) {
        const { runner, last } = await begin(harness);
        runner.settle(one);
        expect(await last(one)).toEqual({ ...one, kind: 'void' });
        await harness.end();
      }
      const { runner, last } = await begin(harness);
      runner.start({ ...one, command: ':' });
      expect((await last(one)).kind).toBe('failed');
      expect(await harness.runs(one)).toBe(0);
    });

    it('kills what runs, and keeps what does not run yet from running', async () => {
      const harness = await makeHarness();
      const { runner, last, claimed } = await begin(harness);
      runner.start({ ...one, command: 'sleep 300' });
      await claimed(one);
      runner.start({ ...two, command: 'sleep 300' });
      for (const id of [one, two]) runner.kill(id);
      expect(await last(one)).toMatchObject({ kind: 'ended', signal: 'SIGTERM' });
      expect((await last(two)).kind).toBe('failed');
      await harness.pass(300);
      expect(await harness.runs(two)).toBe(0);
    });

    it('kills what an earlier life has started', async () => {
      const harness = await makeHarness();
      const first = await begin(harness);
      first.runner.start({ ...one, command: 'sleep 300' });
      await first.claimed(one);
      await harness.end();
      const second = await begin(harness);
      second.runner.settle(one);
      second.runner.kill(one);
      expect(await second.last(one)).toMatchObject({ kind: 'ended', signal: 'SIGTERM' });
    });

    it('takes no notice of attempts that it does not know', async () => {
      const harness = await makeHarness();
      const { runner, events } = await begin(harness);
      runner.kill(one);
      runner.forget(one);
      runner.sweep([one]);
      await harness.pass(500);
      expect(events).toEqual([]);
    });

    it('forgets what is over, and keeps the log', async () => {
      const harness = await makeHarness();
      const { runner, last } = await begin(harness);
      runner.start({ ...one, command: 'echo ran :' });
      await last(one);
      runner.forget(one);
      await harness.pass(300);
      expect(await harness.settle(runner.logs.attempts(one.job))).toEqual([1]);
      const { bytes } = await harness.settle(runner.logs.read(one));
      expect(new TextDecoder().decode(bytes)).toContain('ran');
      await expect(harness.settle(runner.logs.read(two))).rejects.toMatchObject({
        code: 'FT_JOB_NO_LOG',
      });
    });

    it('sweeps what nobody knows, and neither what is known nor what runs', async () => {
      const harness = await makeHarness();
      const first = await begin(harness);
      const known = { job: 'A#S.1.KNOWN', attempt: 1 };
      first.runner.start({ ...one, command: 'sleep 2; exit 6' });
      for (const id of [two, known]) first.runner.start({ ...id, command: 'exit 7' });
      await first.claimed(one);
      for (const id of [two, known]) await first.last(id);
      await harness.end();
      const second = await begin(harness);
      second.runner.sweep([known]);
      await harness.pass(300);
      for (const id of [one, two, known]) second.runner.settle(id);
      expect(await second.last(known)).toMatchObject({ kind: 'ended', rc: 7 });
      expect((await second.last(two)).kind).toBe('void');
      expect(await second.last(one)).toMatchObject({ kind: 'ended', rc: 6 });
    });

    it('says nothing more once it is closed', async () => {
      const harness = await makeHarness();
      const { runner, events, claimed } = await begin(harness);
      runner.start({ ...one, command: 'sleep 0.3' });
      await claimed(one);
      await harness.settle(runner.close());
      await harness.settle(runner.close());
      await harness.pass(800);
      expect(events.map(({ kind }) => kind)).toEqual(['claimed']);
    });
  });
}
