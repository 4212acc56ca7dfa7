import type { CommandOutcome, JobId, Part, PartKey, PlanEvent, WorkstationName } from '@ftctl/plan';
import type { Table, Timer, Transaction } from '@ftctl/sdk';
import { Batchman, type BatchmanStep } from './core/batchman/batchman.ts';
import { execute, type PlanCommand } from './core/batchman/commands.ts';
import { takeEarlierAttempts } from './core/batchman/earlier-attempts.ts';
import { newcomersIn, tellNewcomers } from './core/batchman/newcomers.ts';
import { resay } from './core/batchman/resay.ts';
import { isByRole } from './core/batchman/versions.ts';
import type { AttemptId, JobEvent } from './core/jobman/attempt.ts';
import {
  type JobmanCommit,
  type JobmanInput,
  type JobmanRun,
  type JobmanState,
  startJobman,
  stepJobman,
} from './core/jobman/jobman.ts';
import { type JobmanRow, jobmanRowCodec } from './core/jobman/row.ts';
import type { Desk } from './desk.ts';
import type { JobRunner } from './io/jobs/job-runner.ts';
import type { Mailman } from './mailman.ts';
import { networkMessages } from './messages.ts';
import { RoleLaunches } from './role-launches.ts';
import type { Shipping } from './shipping.ts';

/** The wall clock may be set meanwhile, so a long wait is cut into pieces. */
const MAX_WAIT_MS = 30_000;

export interface SchedulingHooks {
  /** The plan may be worked with: it was announced, and all of it is here. */
  workable(): boolean;
  /**
   * What this workstation knows of itself may be old: whatever it said now would
   * count as newer than what it has said before.
   */
  learning(): boolean;
  /** There is room to tell how a job ends. */
  mayLaunch(): boolean;
  /** A session of ours into that workstation is open. */
  isOpen(ws: WorkstationName): boolean;
  /** That workstation has not been in reach for a while. */
  isAway(ws: WorkstationName): boolean;
}

/** Batchman and jobman of one workstation over its store and its runner. */
export class Scheduling {
  readonly batchman: Batchman;
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #runner: JobRunner;
  readonly #hooks: SchedulingHooks;
  readonly #rows: Table<JobmanRow>;
  readonly #roleLaunches: RoleLaunches;
  /** What was heard of jobs while this workstation was learning: one or two of each that ran. */
  readonly #held: JobEvent[] = [];
  #jobman: JobmanState = startJobman([]).state;
  #soon: Timer | undefined;
  #later: Timer | undefined;
  /** Jobman knows what the life before has left: nothing may be launched earlier. */
  #ready = false;
  #stopped = false;

  constructor(
    desk: Desk,
    { mailman, shipping }: { mailman: Mailman; shipping: Shipping },
    runner: JobRunner,
    hooks: SchedulingHooks,
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#runner = runner;
    this.#hooks = hooks;
    const { tree, self, domain, roles, book } = desk;
    this.#rows = desk.ctx.store.table('Jobtable', jobmanRowCodec);
    this.batchman = new Batchman(
      book.plan,
      {
        tree,
        self,
        managerOf: (name) => roles.managerOf(name),
        acting: () => roles.acting(),
        ownEra: () => mailman.identity.inc,
        roleEra: () => tree.eraOf(domain, roles.epochOf(domain)),
        runs: (job, attempt) => this.#jobman.rows.get(job)?.attempt === attempt,
      },
      () => hooks.workable(),
    );
    this.#roleLaunches = new RoleLaunches(desk, shipping, () => this.batchman.own.roleEra(), {
      isOpen: (ws) => hooks.isOpen(ws),
      isAway: (ws) => hooks.isAway(ws),
      start: (run) => this.#run([run]),
      withdraw: (attempt) => this.#report({ ...attempt, kind: 'void' }),
    });
    book.onChange((keys) => this.changed(keys));
  }

  /** What ran before this start is found out first; nothing is launched twice. */
  async start(): Promise<void> {
    await this.#runner.open({
      event: (event) => this.#report(event),
      trouble: (why) => {
        if (why !== undefined) this.#desk.ctx.log.error(`jobs: ${why}`);
      },
    });
    const first = startJobman(this.#rows.entries().map(([, row]) => row));
    this.#jobman = first.state;
    this.#ready = true;
    this.#run(first.thenRun);
    this.wake();
  }

  /**
   * What was known of it elsewhere is here: says all of it again, gives up the jobs
   * that are said to run and of which this store knows nothing, and goes on with
   * what jobs have told meanwhile.
   */
  learned(): void {
    resay(this.batchman);
    this.batchman.giveUpOrphans();
    this.#desk.ctx.clock.setTimer(0, () => {
      for (const event of this.#held.splice(0)) this.#report(event);
      this.wake();
    });
  }

  /** Attempts that are not over. */
  get running(): readonly AttemptId[] {
    return [...this.#jobman.rows.values()].map(({ job, attempt }) => ({ job, attempt }));
  }

  stop(): void {
    this.#stopped = true;
    this.#soon?.cancel();
    this.#later?.cancel();
    this.#roleLaunches.stop();
  }

  changed(keys: Iterable<PartKey>): void {
    this.batchman.changed(keys);
    this.wake();
  }

  /** Looks at what is due, in a commit of its own, soon. */
  wake(): void {
    if (this.#soon !== undefined || this.#stopped || !this.#ready) return;
    this.#soon = this.#desk.ctx.clock.setTimer(0, () => {
      this.#soon = undefined;
      void this.#step();
    });
  }

  /** Executes a request in the caller's commit; what follows from it comes in the next step. */
  execute(tx: Transaction, command: PlanCommand): CommandOutcome {
    const outcome = execute(this.batchman, command);
    this.say(tx);
    this.wake();
    return outcome;
  }

  /** In the commit that applies a message. Whoever learns yet says all of its own again by and by. */
  heard(tx: Transaction, event: PlanEvent): void {
    if (this.#hooks.learning()) return;
    if (event.k === 'add') tellNewcomers(this.batchman, event);
    else if (event.k !== 'job' || !takeEarlierAttempts(this.batchman, [event])) return;
    this.say(tx);
    this.wake();
  }

  /** The same for the last commit of a copy, which stands for messages that do not come any more. */
  heardCopy(tx: Transaction, parts: readonly Part[]): void {
    if (this.#hooks.learning()) return;
    tellNewcomers(this.batchman, newcomersIn(parts));
    takeEarlierAttempts(
      this.batchman,
      parts.filter((part) => part.kind === 'job'),
    );
    this.say(tx);
    this.wake();
  }

  /** Events that batchman has for others, in the caller's commit. */
  say(tx: Transaction): void {
    for (const event of this.batchman.takeEvents()) this.#mailman.emit(tx, event);
  }

  async #step(): Promise<void> {
    if (this.#stopped || this.#hooks.learning()) return;
    const { ctx } = this.#desk;
    const nowMs = ctx.clock.now();
    const mayLaunch = this.#hooks.mayLaunch();
    const runs: JobmanRun[] = [];
    const waiting: (readonly [AttemptId, readonly JobmanRun[]])[] = [];
    let step: BatchmanStep | undefined;
    let seq = 0;
    try {
      await this.#desk.commit((tx) => {
        step = this.batchman.step(nowMs, mayLaunch);
        for (const event of step.events) this.#mailman.emit(tx, event);
        for (const { job, attempt, command, ws } of step.launches) {
          const launch = { job, attempt, command, env: this.#environment(job, attempt, ws) };
          const thenRun = this.#advance(tx, { kind: 'launch', launch });
          if (isByRole(this.#desk.tree, ws)) waiting.push([{ job, attempt }, thenRun]);
          else runs.push(...thenRun);
        }
        for (const kill of step.kills) runs.push(...this.#advance(tx, { kind: 'kill', ...kill }));
        seq = this.#mailman.ownSeq;
      });
    } catch {
      // The workstation begins anew; it was told.
      return;
    }
    for (const [attempt, thenRun] of waiting) this.#roleLaunches.add(attempt, thenRun, seq);
    this.#run(runs);
    if (step?.wakeAtMs !== undefined) this.#wakeAt(step.wakeAtMs);
  }

  #wakeAt(atMs: number): void {
    this.#later?.cancel();
    const delayMs = Math.min(Math.max(atMs - this.#desk.ctx.clock.now(), 0), MAX_WAIT_MS);
    this.#later = this.#desk.ctx.clock.setTimer(delayMs, () => this.wake());
  }

  #report(event: JobEvent): void {
    if (this.#stopped) return;
    if (this.#hooks.learning()) {
      this.#held.push(event);
      return;
    }
    const runs: JobmanRun[] = [];
    this.#desk
      .commit((tx) => {
        runs.push(...this.#advance(tx, { kind: 'event', event }));
        this.say(tx);
      })
      .then(
        () => {
          this.#run(runs);
          this.wake();
        },
        // The workstation begins anew; it was told.
        () => undefined,
      );
  }

  #advance(tx: Transaction, input: JobmanInput): readonly JobmanRun[] {
    const { state, commit, thenRun } = stepJobman(this.#jobman, input);
    this.#jobman = state;
    for (const one of commit) this.#store(tx, one);
    return thenRun;
  }

  #store(tx: Transaction, commit: JobmanCommit): void {
    if (commit.kind === 'put') tx.put(this.#rows, commit.row.job, commit.row);
    else if (commit.kind === 'delete') tx.delete(this.#rows, commit.job);
    else {
      const { outcome } = commit;
      if (outcome.kind === 'unknown') {
        const { job, attempt, why } = outcome;
        this.#desk.ctx.messages.emit(networkMessages.FTTW008W({ job, attempt, why }));
      }
      this.batchman.outcome(outcome);
    }
  }

  #run(runs: readonly JobmanRun[]): void {
    if (this.#stopped) return;
    for (const run of runs) {
      if (this.#roleLaunches.follow(run)) continue;
      if (run.kind === 'start') this.#runner.start(run.launch);
      else if (run.kind === 'sweep') this.#runner.sweep(run.known);
      else this.#runner[run.kind](run);
    }
  }

  /** What a job is told of itself; the first names are the field's. */
  #environment(job: JobId, attempt: number, ws: WorkstationName): Readonly<Record<string, string>> {
    const { def } = this.#desk.book.plan.job(job);
    return {
      UNISON_CPU: ws,
      UNISON_HOST: this.#desk.self,
      UNISON_JOB: job,
      UNISON_JOBNUM: String(attempt),
      UNISON_RUN: String(this.#desk.book.plan.header?.plan.run ?? 0),
      UNISON_SCHED: def?.stream ?? '',
    };
  }
}
