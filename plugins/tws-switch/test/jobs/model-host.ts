import { type AttemptId, attemptName, type JobEvent } from '../../src/core/jobman/attempt.ts';
import {
  type JobmanCommit,
  type JobmanRun,
  type JobmanState,
  type JobmanStep,
  type JobOutcome,
  startJobman,
  stepJobman,
} from '../../src/core/jobman/jobman.ts';
import type { JobmanRow } from '../../src/core/jobman/row.ts';

/** A launcher process of the model, or the memory of one. */
interface ModelAttempt extends AttemptId {
  claim?: 'launcher' | 'runner';
  launcher: 'none' | 'coming' | 'alive' | 'gone';
  record: boolean;
  ran: number;
}

interface Disk {
  readonly rows: Map<string, JobmanRow>;
  readonly outcomes: JobOutcome[];
}

/**
 * A machine with jobman, a batchman that launches again what is void, a disk
 * whose commits come late, and launchers that die at any step. Everything that
 * happens, happens by one of its methods, in any order.
 */
export class ModelHost {
  readonly disk: Disk = { rows: new Map(), outcomes: [] };
  readonly attempts = new Map<string, ModelAttempt>();
  /** How often a start was asked for, by attempt. */
  readonly starts = new Map<string, number>();
  readonly wrong: string[] = [];
  #state: JobmanState = startJobman([]).state;
  #waiting: JobmanStep[] = [];
  /** What the present life's runner watches: what it started, and what it settles. */
  readonly #own = new Set<string>();
  readonly #settling = new Set<string>();
  #told: JobEvent[] = [];
  #nextJob = 0;

  submit(): void {
    const job = `A#S.1.J${this.#nextJob}`;
    this.#nextJob += 1;
    this.#step({ kind: 'launch', launch: { job, attempt: 1, command: 'x' } });
  }

  kill(pick: number): void {
    const row = at([...this.#state.rows.values()], pick);
    if (row !== undefined) this.#step({ kind: 'kill', job: row.job, attempt: row.attempt });
  }

  /** The oldest commit gets on disk, and what was to follow it happens. */
  flush(): void {
    const step = this.#waiting.shift();
    if (step === undefined) return;
    for (const change of step.commit) this.#write(change);
    for (const run of step.thenRun) this.#run(run);
  }

  /** The plugin dies; of what waits for the disk the first `kept` commits have got there, untold. */
  crash(kept: number, power: boolean): void {
    for (const step of this.#waiting.slice(0, kept)) {
      for (const change of step.commit) this.#write(change);
    }
    this.#waiting = [];
    this.#told = [];
    this.#settling.clear();
    if (power) for (const attempt of this.attempts.values()) attempt.launcher = 'gone';
    const first = startJobman([...this.disk.rows.values()]);
    this.#state = first.state;
    for (const run of first.thenRun) this.#run(run);
  }

  /** A launcher takes its next step: claims, or records the end. */
  launcherStep(pick: number): void {
    const attempt = this.#somebody(pick);
    if (attempt?.launcher === 'coming') {
      if (attempt.claim === undefined) {
        attempt.claim = 'launcher';
        attempt.launcher = 'alive';
        attempt.ran += 1;
      } else {
        attempt.launcher = 'gone';
      }
    } else if (attempt?.launcher === 'alive') {
      attempt.record = true;
      attempt.launcher = 'gone';
    }
  }

  launcherDies(pick: number): void {
    const attempt = this.#somebody(pick);
    if (attempt !== undefined) attempt.launcher = 'gone';
  }

  /** The runner looks at one attempt and tells what it sees. */
  look(pick: number): void {
    const key = at([...this.#settling, ...this.#own], pick);
    const attempt = key === undefined ? undefined : this.attempts.get(key);
    if (key === undefined || attempt === undefined) return;
    const event = this.#seen(attempt, this.#settling.has(key));
    if (event === undefined) return;
    if (event.kind !== 'claimed') {
      this.#settling.delete(key);
      this.#own.delete(key);
    }
    this.#tell(event);
  }

  /** Something that was told before is told again. */
  repeat(pick: number): void {
    const event = at(this.#told, pick);
    if (event !== undefined) this.#step({ kind: 'event', event });
  }

  #seen(attempt: ModelAttempt, settling: boolean): JobEvent | undefined {
    const { job, attempt: number } = attempt;
    const id = { job, attempt: number };
    if (attempt.claim === undefined) {
      if (settling) {
        attempt.claim = 'runner';
        return { ...id, kind: 'void' };
      }
      if (attempt.launcher !== 'gone') return undefined;
      attempt.claim = 'runner';
      return { ...id, kind: 'failed', why: 'gone' };
    }
    if (attempt.claim === 'runner') return { ...id, kind: 'void' };
    if (attempt.record) return { ...id, kind: 'ended', rc: 0, startMs: 0, endMs: 1 };
    if (attempt.launcher === 'gone') return { ...id, kind: 'unknown', why: 'gone' };
    return { ...id, kind: 'claimed', startMs: 0 };
  }

  #tell(event: JobEvent): void {
    this.#told.push(event);
    this.#step({ kind: 'event', event });
  }

  #step(input: Parameters<typeof stepJobman>[1]): void {
    const step = stepJobman(this.#state, input);
    this.#state = step.state;
    this.#waiting.push(step);
    for (const change of step.commit) {
      if (change.kind === 'outcome' && change.outcome.kind === 'void') this.#again(change.outcome);
    }
  }

  /** Batchman launches under the next number, in the commit that has the outcome. */
  #again({ job, attempt }: AttemptId): void {
    const launch = { job, attempt: attempt + 1, command: 'x' };
    const next = stepJobman(this.#state, { kind: 'launch', launch });
    const last = this.#waiting.pop() as JobmanStep;
    this.#state = next.state;
    this.#waiting.push({
      ...next,
      commit: [...last.commit, ...next.commit],
      thenRun: [...last.thenRun, ...next.thenRun],
    });
  }

  #write(change: JobmanCommit): void {
    const { rows, outcomes } = this.disk;
    if (change.kind === 'delete') {
      rows.delete(change.job);
    } else if (change.kind === 'put') {
      rows.set(change.row.job, change.row);
    } else {
      outcomes.push(change.outcome);
    }
  }

  #run(run: JobmanRun): void {
    switch (run.kind) {
      case 'start': {
        const name = attemptName(run.launch);
        const { job, attempt } = run.launch;
        this.starts.set(name, (this.starts.get(name) ?? 0) + 1);
        if (this.disk.rows.get(job)?.attempt !== attempt) {
          this.wrong.push(`${name} started without its intent on disk`);
        }
        this.attempts.set(name, { job, attempt, launcher: 'coming', record: false, ran: 0 });
        this.#own.add(name);
        return;
      }
      case 'settle': {
        const name = attemptName(run);
        const { job, attempt } = run;
        this.#own.delete(name);
        this.#settling.add(name);
        if (!this.attempts.has(name)) {
          this.attempts.set(name, { job, attempt, launcher: 'none', record: false, ran: 0 });
        }
        return;
      }
      case 'forget':
        if (this.disk.rows.get(run.job)?.attempt === run.attempt) {
          this.wrong.push(`${attemptName(run)} forgotten while its intent is on disk`);
        }
        return;
      case 'kill':
      case 'sweep':
        return;
    }
  }

  #somebody(pick: number): ModelAttempt | undefined {
    return at(
      [...this.attempts.values()].filter(
        ({ launcher }) => launcher === 'coming' || launcher === 'alive',
      ),
      pick,
    );
  }

  /** Lets everything come to its end. */
  settleAll(): void {
    for (let turn = 0; turn < 1_000; turn += 1) {
      while (this.#waiting.length > 0) this.flush();
      const busy = this.#settling.size + this.#own.size;
      if (busy === 0) return;
      this.launcherStep(turn);
      for (let pick = 0; pick < busy; pick += 1) this.look(pick);
    }
    this.wrong.push('does not come to its end');
  }
}

function at<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(1, items.length)];
}
