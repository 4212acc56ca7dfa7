import { setTimeout as sleep } from 'node:timers/promises';
import type { Production } from './production.ts';

/** A row of `showjobs`, as far as it is used here. */
export interface JobRow {
  readonly id: string;
  readonly schedule: string;
  readonly job: string;
  readonly run: number;
  readonly runsOn: string;
  readonly state: string;
  readonly startMs: number | null;
  readonly endMs: number | null;
}

interface Jobs {
  readonly rows: readonly JobRow[];
}

const LOOK_MS = 25;
const MOMENT_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 120_000;
const AGREES_WITHIN_MS = 20_000;
/** A pause of a host may outlast it: a row that is shown DONE before that is not taken for the last word. */
const DONE_WITHIN_MS = 30_000;

export interface DayEnd {
  readonly rows: readonly JobRow[];
  readonly expected: number;
  readonly found: number;
  readonly duplicated: number;
  /** What was promised and is not so, a line each. */
  readonly problems: readonly string[];
}

/** One production day in a running lab. */
export class Day {
  readonly #production: Production;
  /** Ids of all its jobs. */
  readonly ids: ReadonlySet<string>;

  private constructor(production: Production, ids: ReadonlySet<string>) {
    this.#production = production;
    this.ids = ids;
  }

  /** The day that has just been made on this master. */
  static async of(production: Production, master: string): Promise<Day> {
    const { rows } = await production.tws<Jobs>(master, 'showjobs');
    const defined = production.definitions.streams.flatMap(({ jobs }) => jobs).length;
    if (rows.length !== defined) {
      throw new Error(`the plan has ${rows.length} jobs, its file defines ${defined}`);
    }
    return new Day(production, new Set(rows.map(({ id }) => id)));
  }

  /** Lines that jobs of this day have written. */
  async lines(): Promise<readonly string[]> {
    return (await this.#production.lines()).filter((line) => this.ids.has(line));
  }

  /** Resolves when that part of the jobs (0 to 1) has written its line. @throws Error */
  async reach(part: number): Promise<void> {
    const end = performance.now() + MOMENT_WITHIN_MS;
    const wanted = Math.ceil(part * this.ids.size);
    for (;;) {
      const found = (await this.lines()).length;
      if (found >= wanted) return;
      if (performance.now() > end) {
        throw new Error(`${found} of ${this.ids.size} lines after ${MOMENT_WITHIN_MS} ms`);
      }
      await sleep(LOOK_MS);
    }
  }

  /** The jobs whose launcher was lost: resolves when exactly these are DONE. @throws Error */
  async areDone(ws: string, ids: ReadonlySet<string>): Promise<void> {
    const wanted = [...ids].sort().join(' ');
    const done = ({ rows }: Jobs) =>
      rows.flatMap(({ id, state }) => (state === 'DONE' ? [id] : [])).sort();
    await this.#production.lab.until<Jobs>(
      this.#production.node(ws),
      { command: 'showjobs' },
      (jobs) => done(jobs).join(' ') === wanted,
      DONE_WITHIN_MS,
    );
  }

  /**
   * Waits for the end of all jobs, and counts.
   *
   * @param lost those whose end nobody knows: at most one line each, not exactly one
   * @throws Error when the day does not end, or master and full-status agent do not agree
   */
  async end(lost: ReadonlySet<string> = new Set()): Promise<DayEnd> {
    const { tree, lab } = this.#production;
    const master = await this.#production.manager(tree.root);
    const { rows } = await lab.until<Jobs>(
      this.#production.node(master),
      { command: 'showjobs' },
      (jobs) => jobs.rows.every(({ state }) => state === 'SUCC'),
      ENDS_WITHIN_MS,
    );
    const wanted = JSON.stringify(rows);
    const standby = this.#production.standby(tree.root, master);
    await lab.until<Jobs>(
      this.#production.node(standby),
      { command: 'showjobs' },
      (jobs) => JSON.stringify(jobs.rows) === wanted,
      AGREES_WITHIN_MS,
    );
    return this.#count(rows, lost);
  }

  /** Over the whole file, so that a line which an earlier day writes late is found as well. */
  async #count(rows: readonly JobRow[], lost: ReadonlySet<string>): Promise<DayEnd> {
    const times = new Map<string, number>();
    for (const line of await this.#production.lines()) times.set(line, (times.get(line) ?? 0) + 1);
    const twice = [...times].filter(([, count]) => count > 1);
    const missing = rows.filter(({ id }) => !times.has(id) && !lost.has(id));
    return {
      rows,
      expected: rows.length,
      found: rows.filter(({ id }) => times.has(id)).length,
      duplicated: twice.length,
      problems: [
        ...twice.map(([id, count]) => `${id} has ${count} lines`),
        ...missing.map(({ id }) => `${id} is SUCC and has no line`),
        ...(await this.#production.lab.lab.crashes()),
      ],
    };
  }
}
