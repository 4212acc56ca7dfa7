import type { SimProcess } from '@ftctl/sim';
import {
  type AttemptId,
  attemptName,
  type JobEvent,
  type LastFact,
  type Launch,
} from '../../src/core/jobman/attempt.ts';
import { jobErrors } from '../../src/io/jobs/errors.ts';
import type { JobListener, JobLogs, JobRunner } from '../../src/io/jobs/job-runner.ts';
import type { SimAttemptFiles, SimJobMachine } from './sim-jobs-machine.ts';

/** Longest time until a runner sees what a launcher did. */
const LOOK_WITHIN_MS = 200;
const RETRY_MS = 1_000;

interface Watched {
  readonly id: AttemptId;
  readonly settling: boolean;
  claimed: boolean;
  /** The launcher that this life started has gone, and has run nothing. */
  launcherEnd: { readonly ranNothing: boolean } | undefined;
  kill: boolean;
  busy: boolean;
}

/** `JobRunner` of one life of a plugin in the simulated world. */
export class SimJobRunner implements JobRunner {
  readonly logs: JobLogs;
  readonly #process: SimProcess;
  readonly #machine: SimJobMachine;
  readonly #watched = new Map<string, Watched>();
  #listener: JobListener | undefined;
  #stopWatching: () => void = () => undefined;

  constructor(process: SimProcess, machine: SimJobMachine) {
    this.#process = process;
    this.#machine = machine;
    this.logs = simLogs(machine);
  }

  async open(listener: JobListener): Promise<void> {
    if (!this.#process.call()) return this.#process.never();
    this.#listener = listener;
    this.#stopWatching = this.#machine.watch((name) => this.#lookSoon(name));
    this.#process.onDeath(() => this.#stopWatching());
  }

  start(launch: Launch): void {
    if (!this.#process.call()) return;
    const entry = this.#watch(launch, false);
    if (entry === undefined) return;
    // Writing the intent and starting a process take a moment, in which the plugin may die.
    this.#process.schedule(this.#machine.random.between(0.1, 5), 'delivery', () => {
      if (entry.kill) return this.#last(entry, { kind: 'failed', why: 'killed before it ran' });
      if (this.#machine.host.disk.full) {
        return this.#last(entry, { kind: 'failed', why: 'no space left' });
      }
      this.#machine.files(launch).intent = true;
      this.#machine.launch(launch, (ranNothing) => {
        entry.launcherEnd = { ranNothing };
      });
    });
  }

  settle(attempt: AttemptId): void {
    if (!this.#process.call()) return;
    const entry = this.#watch(attempt, true);
    if (entry !== undefined) this.#lookSoon(attemptName(attempt));
  }

  kill(attempt: AttemptId): void {
    if (!this.#process.call()) return;
    const entry = this.#watched.get(attemptName(attempt));
    if (entry === undefined) return;
    entry.kill = true;
    this.#lookSoon(attemptName(attempt));
  }

  forget(attempt: AttemptId): void {
    if (!this.#process.call() || this.#watched.has(attemptName(attempt))) return;
    this.#machine.forget(attempt);
  }

  sweep(known: readonly AttemptId[]): void {
    if (!this.#process.call()) return;
    const names = new Set([...known.map(attemptName), ...this.#watched.keys()]);
    for (const name of this.#machine.names) {
      const at = name.lastIndexOf('@');
      const id = { job: name.slice(0, at), attempt: Number(name.slice(at + 1)) };
      const claim = this.#machine.find(id)?.claim;
      const runs = claim?.by === 'launcher' && claim.launcher.alive;
      if (!names.has(name) && !runs) this.#machine.forget(id);
    }
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.#stopWatching();
  }

  #watch({ job, attempt }: AttemptId, settling: boolean): Watched | undefined {
    const name = attemptName({ job, attempt });
    if (this.#watched.has(name)) return undefined;
    const entry: Watched = {
      id: { job, attempt },
      settling,
      claimed: false,
      launcherEnd: undefined,
      kill: false,
      busy: false,
    };
    this.#watched.set(name, entry);
    return entry;
  }

  #lookSoon(name: string): void {
    if (!this.#watched.has(name)) return;
    const delayMs = this.#machine.random.between(0, LOOK_WITHIN_MS);
    this.#process.schedule(delayMs, 'delivery', () => this.#look(name));
  }

  #look(name: string): void {
    const entry = this.#watched.get(name);
    if (entry === undefined || entry.busy) return;
    const files = this.#machine.find(entry.id);
    if (files?.claim === undefined) this.#lookUnclaimed(entry);
    else this.#lookClaimed(entry, files, files.claim);
  }

  #lookUnclaimed(entry: Watched): void {
    if (entry.settling) this.#takeClaim(entry, { kind: 'void' });
    else if (entry.kill) this.#takeClaim(entry, { kind: 'failed', why: 'killed before it ran' });
    else if (entry.launcherEnd !== undefined) {
      this.#takeClaim(entry, { kind: 'failed', why: 'its launcher ran nothing' });
    }
  }

  #lookClaimed(
    entry: Watched,
    { exit }: SimAttemptFiles,
    claim: NonNullable<SimAttemptFiles['claim']>,
  ): void {
    if (claim.by === 'runner') {
      this.#last(entry, entry.settling ? { kind: 'void' } : { kind: 'failed', why: 'withdrawn' });
    } else if (exit?.outcome === 'failed') {
      this.#last(entry, { kind: 'failed', why: exit.why });
    } else if (exit !== undefined) {
      const { outcome: _outcome, ...how } = exit;
      this.#last(entry, { kind: 'ended', ...how });
    } else if (!claim.launcher.alive) {
      const ranNothing = entry.launcherEnd?.ranNothing === true;
      const why = 'its launcher is gone and recorded no end';
      this.#last(entry, ranNothing ? { kind: 'failed', why } : { kind: 'unknown', why });
    } else {
      if (!entry.claimed) this.#tell({ ...entry.id, kind: 'claimed', startMs: claim.startMs });
      entry.claimed = true;
      if (entry.kill) this.#machine.kill(claim.launcher);
      entry.kill = false;
    }
  }

  /** Two flushes, as in the real one; the link between them is what others see. */
  #takeClaim(entry: Watched, fact: LastFact): void {
    entry.busy = true;
    const { disk } = this.#machine.host;
    const again = () => {
      entry.busy = false;
      this.#look(attemptName(entry.id));
    };
    disk.flush((written) => {
      this.#process.enter('delivery', () => {
        if (!written) {
          this.#listener?.trouble('no space left');
          this.#process.schedule(RETRY_MS, 'timer', again);
          return;
        }
        const files = this.#machine.files(entry.id);
        if (files.claim !== undefined) return again();
        files.claim = { by: 'runner' };
        disk.flush((flushed) => {
          files.claimDurable = flushed;
          this.#process.enter('delivery', () => {
            this.#listener?.trouble(undefined);
            entry.busy = false;
            this.#last(entry, fact);
          });
        });
      });
    });
  }

  #last(entry: Watched, fact: LastFact): void {
    this.#watched.delete(attemptName(entry.id));
    this.#tell({ ...entry.id, ...fact });
  }

  #tell(event: JobEvent): void {
    this.#process.schedule(0, 'delivery', () => this.#listener?.event(event));
  }
}

function simLogs(machine: SimJobMachine): JobLogs {
  return {
    attempts: async (job) =>
      [...machine.logs.keys()]
        .filter((name) => name.startsWith(`${job}@`))
        .map((name) => Number(name.slice(job.length + 1)))
        .sort((one, other) => one - other),
    read: async (attempt) => {
      const text = machine.logs.get(attemptName(attempt));
      if (text === undefined) throw jobErrors.NO_LOG({ ...attempt });
      const bytes = new TextEncoder().encode(text);
      return { bytes, fromByte: 0, sizeBytes: bytes.length };
    },
    prune: async () => ({ logs: 0, bytes: 0 }),
  };
}
