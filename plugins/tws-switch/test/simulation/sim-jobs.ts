import type { SeededRandom, SimProcess, World } from '@ftctl/sim';
import type { Attempt, AttemptId, JobEvent, JobRunner } from '../../src/io/jobs/job-runner.ts';

/** How the jobs of a simulation behave. */
export interface JobBehaviour {
  /** How long a command runs. */
  runMs(attempt: Attempt): number;
  /** Its exit code. */
  rc(attempt: Attempt): number;
  /** How often a launcher is killed between its claim and its record. */
  readonly launcherDeaths: number;
}

interface Known {
  /** Claimed by a launcher, or by `settle`, which makes it void for ever. */
  claim?: 'launcher' | 'void';
  record?: { rc: number; startMs: number; endMs: number };
  /** Its launcher is there. */
  alive: boolean;
  startMs: number;
  killed: boolean;
}

/**
 * The jobs of one simulated host. They survive the plugin and its host's
 * daemon; a power cut ends them, and leaves claims and records as they were
 * flushed. What really ran is written into the world's history.
 */
export class SimJobs {
  readonly #world: World;
  readonly #host: string;
  readonly #random: SeededRandom;
  readonly #behaviour: JobBehaviour;
  readonly #known = new Map<string, Known>();
  /** Counts power cuts: what was under way before belongs to another boot. */
  #boot = 0;
  #listener: ((event: JobEvent) => void) | undefined;
  #process: SimProcess | undefined;

  constructor(world: World, host: string, behaviour: JobBehaviour) {
    this.#world = world;
    this.#host = host;
    this.#random = world.random.fork(`jobs/${host}`);
    this.#behaviour = behaviour;
  }

  /** The runner of one life of the plugin. */
  runnerOf(process: SimProcess): JobRunner {
    process.onDeath(() => {
      if (this.#lostPower()) this.#powerCut();
    });
    return {
      onEvent: (listener) => {
        this.#process = process;
        this.#listener = listener;
      },
      start: (attempt) => {
        if (process.call()) this.#start(attempt);
      },
      settle: (attempt) => {
        if (process.call()) this.#settle(attempt);
      },
      kill: (attempt) => {
        const known = this.#known.get(nameOf(attempt));
        if (known !== undefined) known.killed = true;
      },
      forget: () => undefined,
      readLog: async () => ({ bytes: new Uint8Array(), next: 0 }),
      stop: () => undefined,
    };
  }

  /** The host lost its disk: claims and records are gone, and nothing of before runs. */
  reinstall(): void {
    this.#powerCut();
    this.#known.clear();
  }

  #start(attempt: Attempt): void {
    const known = this.#of(attempt);
    const boot = this.#boot;
    this.#world.after(this.#random.between(1, 30), () => {
      if (boot !== this.#boot || known.claim !== undefined) return;
      known.claim = 'launcher';
      known.alive = true;
      known.startMs = this.#world.now;
      const dies = this.#random.chance(this.#behaviour.launcherDeaths);
      if (dies && this.#random.chance(0.5)) {
        known.alive = false;
        this.#tell({ kind: 'unknown', ...idOf(attempt), why: 'its launcher was killed' });
        return;
      }
      this.#world.history.record('job.ran', {
        host: this.#host,
        job: attempt.job,
        attempt: attempt.attempt,
      });
      this.#tell({ kind: 'running', ...idOf(attempt), startMs: known.startMs });
      this.#run(attempt, known, dies);
    });
  }

  #run(attempt: Attempt, known: Known, dies: boolean): void {
    const boot = this.#boot;
    this.#world.after(this.#behaviour.runMs(attempt), () => {
      if (boot !== this.#boot) return;
      known.alive = false;
      if (dies) {
        this.#tell({ kind: 'unknown', ...idOf(attempt), why: 'its launcher was killed' });
        return;
      }
      const rc = known.killed ? 143 : this.#behaviour.rc(attempt);
      known.record = { rc, startMs: known.startMs, endMs: this.#world.now };
      this.#tell({ kind: 'ended', ...idOf(attempt), ...known.record });
    });
  }

  #settle(attempt: AttemptId): void {
    const known = this.#of(attempt);
    this.#world.after(this.#random.between(0.1, 5), () => {
      known.claim ??= 'void';
      if (known.claim === 'void') this.#tell({ kind: 'void', ...idOf(attempt) });
      else if (known.record !== undefined) {
        this.#tell({ kind: 'ended', ...idOf(attempt), ...known.record });
      } else if (known.alive) {
        this.#tell({ kind: 'running', ...idOf(attempt), startMs: known.startMs });
      } else this.#tell({ kind: 'unknown', ...idOf(attempt), why: 'its launcher is gone' });
    });
  }

  #of(attempt: AttemptId): Known {
    const name = nameOf(attempt);
    const known = this.#known.get(name) ?? { alive: false, startMs: 0, killed: false };
    this.#known.set(name, known);
    return known;
  }

  #tell(event: JobEvent): void {
    const listener = this.#listener;
    if (listener !== undefined) this.#process?.enter('delivery', () => listener(event));
  }

  #lostPower(): boolean {
    const crash = this.#world.history.of('host.crash').at(-1);
    return crash?.host === this.#host && crash.at === this.#world.now && crash.power === true;
  }

  #powerCut(): void {
    this.#boot += 1;
    for (const known of this.#known.values()) known.alive = false;
  }
}

function idOf({ job, attempt }: AttemptId): AttemptId {
  return { job, attempt };
}

function nameOf({ job, attempt }: AttemptId): string {
  return `${job}/${attempt}`;
}
