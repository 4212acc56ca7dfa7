import type { PlanOverview } from '@ftctl/plan/queries';
import type { Clock, Timer } from '@ftctl/sdk';

/** How old an answer may be. */
const FRESH_MS = 1_000;
/** After the last question the jobs are counted no more. */
const WATCHED_MS = 15_000;

export interface CountedVersion {
  readonly syncid: number;
  readonly applied: number;
}

export interface Counted {
  /** @throws FtError of the database */
  count(): Promise<PlanOverview | undefined>;
  /** What the answer is of: the copy that is shown, and how much was applied to it. */
  version(): CountedVersion;
}

interface Known {
  readonly overview: PlanOverview;
  readonly version: CountedVersion;
  atMs: number;
}

/**
 * The overview for people who keep looking: to count 200,000 jobs takes a
 * database longer than they like to wait, so it is done ahead of their questions,
 * once a second at most, and not at all when nothing has changed.
 */
export class Counting {
  readonly #clock: Clock;
  readonly #counted: Counted;
  #known: Known | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(clock: Clock, counted: Counted) {
    this.#clock = clock;
    this.#counted = counted;
  }

  /** @throws FtError of the database */
  async overview(): Promise<PlanOverview | undefined> {
    const nowMs = this.#clock.monotonic();
    this.#askedMs = nowMs;
    const known = this.#known;
    const isOfCopy = known?.version.syncid === this.#counted.version().syncid;
    // The next count may be under way for a while.
    if (known !== undefined && isOfCopy && nowMs - known.atMs < 2 * FRESH_MS) return known.overview;
    return await this.#count();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#known = undefined;
  }

  async #count(): Promise<PlanOverview | undefined> {
    const version = this.#counted.version();
    const overview = await this.#counted.count();
    if (overview === undefined) return undefined;
    this.#known = { overview, version, atMs: this.#clock.monotonic() };
    this.#timer ??= this.#clock.setTimer(FRESH_MS, () => void this.#again());
    return overview;
  }

  async #again(): Promise<void> {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonic();
    if (this.#known === undefined || nowMs - this.#askedMs > WATCHED_MS) return this.stop();
    const { syncid, applied } = this.#counted.version();
    const { version } = this.#known;
    if (version.syncid !== syncid || version.applied !== applied) {
      // Who asks next hears why.
      await this.#count().catch(() => this.stop());
      return;
    }
    this.#known.atMs = nowMs;
    this.#timer = this.#clock.setTimer(FRESH_MS, () => void this.#again());
  }
}
