import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '@ftctl/sdk';
import { openStore } from '@ftctl/store';
import { temporaryFolder } from '../places.ts';
import { seeded } from '../random.ts';
import { MAX_PROBLEMS, type Soak, type SoakOptions, type SoakReport } from '../soak.ts';
import { examine, openAll } from './contents.ts';
import { CachedDisk } from './disk.ts';
import { buildShim, recordingObstacle, recordWriter, type TraceEvent } from './trace.ts';

const COMMITS = 24;
/** Random subsets that are tried at each point at which something is in the cache. */
const SUBSETS = 3;

/**
 * The writes and flushes of a real writer are recorded, and the power is cut at
 * every point of the record: what was flushed is there, of what was written
 * since nothing, all, or random pieces. Each outcome is opened with the real
 * store, which has to come up with everything that had been acknowledged by
 * then, and nothing in part.
 */
export const storePower: Soak = {
  name: 'store-power',
  summary: 'cuts the power at every point of a recorded run',
  count: 20,
  unit: 'seeds',
  obstacle: recordingObstacle,
  run: cutPower,
};

interface PowerOptions extends SoakOptions {
  /** For tests: a shorter run, and a record in which a promise is broken. */
  readonly commits?: number;
  readonly tamper?: (events: readonly TraceEvent[]) => readonly TraceEvent[];
}

/** The same with a record that a test has tampered with. */
export function cutPower(options: PowerOptions): Promise<SoakReport> {
  return new StorePower(options).run();
}

class StorePower {
  readonly #options: PowerOptions;
  readonly #place = temporaryFolder();
  readonly #problems: string[] = [];
  readonly #counts = { runs: 0, events: 0, flushes: 0, cuts: 0, 'stores opened': 0 };
  /** Written when a store has been made; no power cut before that loses anything. */
  #marker = Buffer.alloc(0);

  constructor(options: PowerOptions) {
    this.#options = options;
  }

  async run(): Promise<SoakReport> {
    const { count, seed, deadline, progress } = this.#options;
    try {
      const shim = buildShim(this.#place.folder);
      for (let run = 0; run < count && performance.now() < deadline; run += 1) {
        await this.#cutEverywhere(shim, seed + run);
        progress(`seed ${seed + run}: ${this.#counts['stores opened']} stores opened`);
        if (this.#problems.length >= MAX_PROBLEMS) break;
      }
      return { counts: this.#counts, problems: this.#problems };
    } finally {
      this.#place.remove();
    }
  }

  async #cutEverywhere(shim: string, seed: number): Promise<void> {
    const folder = join(this.#place.folder, String(seed));
    mkdirSync(folder);
    const { commits = COMMITS } = this.#options;
    const recorded = await recordWriter({ folder, shim, commits, seed });
    const events = this.#options.tamper?.(recorded) ?? recorded;
    this.#marker = readFileSync(join(folder, 'store/p/store.json'));
    this.#counts.runs += 1;
    const disk = new CachedDisk();
    const random = seeded(seed);
    let acknowledged = 0;
    for (const [index, event] of events.entries()) {
      if (event.kind === 'acknowledged') acknowledged = Math.max(acknowledged, event.number);
      if (event.kind === 'flushed') this.#counts.flushes += 1;
      this.#counts.events += 1;
      if (!disk.take(event)) continue;
      this.#counts.cuts += 1;
      const outcomes: [string, Buffer][] = [['nothing', disk.none()]];
      if (disk.cached > 0) {
        outcomes.push(['all', disk.all()]);
        for (let subset = 1; subset <= SUBSETS; subset += 1) {
          outcomes.push([`subset ${subset}`, disk.some(random)]);
        }
      }
      for (const [what, content] of outcomes) {
        await this.#open(content, acknowledged, seed, (problem) =>
          this.#broken(seed, index, what, problem),
        );
      }
      if (this.#problems.length >= MAX_PROBLEMS) return;
    }
    rmSync(folder, { recursive: true });
  }

  async #open(
    content: Buffer,
    acknowledged: number,
    seed: number,
    broken: (problem: string) => void,
  ): Promise<void> {
    const path = join(this.#place.folder, 'cut');
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
    writeFileSync(join(path, 'data.mdb'), content);
    // It is on disk before the first acknowledgement, and may be before that.
    if (acknowledged > 0) writeFileSync(join(path, 'store.json'), this.#marker);
    try {
      const sockets = join(this.#place.folder, 's');
      const store = await openStore({ path, sockets, plugin: 'p' });
      try {
        const { last, wrong } = examine(openAll(store), seed);
        if (wrong) broken(wrong);
        if (last < acknowledged)
          broken(`${acknowledged} was acknowledged, it comes up with ${last}`);
      } finally {
        await store.close();
      }
    } catch (error) {
      broken(`it does not open: ${describeError(error)}`);
    }
    this.#counts['stores opened'] += 1;
    if (existsSync(join(path, 'data.mdb'))) return;
    broken('its file is gone');
  }

  #broken(seed: number, event: number, what: string, problem: string): void {
    this.#problems.push(
      `seed ${seed}, cut after event ${event}, ${what} of what was not flushed: ${problem}`,
    );
  }
}
