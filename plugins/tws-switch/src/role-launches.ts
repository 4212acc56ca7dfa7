import { votersOf, type WorkstationName } from '@ftctl/plan';
import type { Seq, Timer } from '@ftctl/sdk';
import type { AttemptId } from './core/jobman/attempt.ts';
import type { JobmanRun } from './core/jobman/jobman.ts';
import { type Desk, isEnhanced } from './desk.ts';
import type { Shipping } from './shipping.ts';

const LOOK_MS = 250;

export interface RoleLaunchHooks {
  isOpen(ws: WorkstationName): boolean;
  /** No session of ours into that workstation has been open for so long that it is not waited for. */
  isAway(ws: WorkstationName): boolean;
  start(run: JobmanRun): void;
  /** It was not started, and will not be. */
  withdraw(attempt: AttemptId): void;
}

interface Waiting {
  readonly attempt: AttemptId;
  readonly runs: JobmanRun[];
  /** Where its WAIT stands in the own log. */
  readonly seq: Seq;
  readonly era: number;
  readonly sinceMs: number;
}

/**
 * Launches for extended agents whose host is whoever manages the domain. Another
 * manager would launch the same attempt if it had not heard of this one, so an
 * attempt is started when the full-status agents that are there have its WAIT on
 * disk, and only by one who is still the manager then. One that is cut off with
 * a launch in hand gives it up with its role.
 *
 * An agent that is away, or does not take it within `linkTimeoutMs`, does not hold
 * up jobs. That alone is no sign that nobody else manages the domain, so a majority
 * of the voters must be in reach, without whom nobody else can.
 */
export class RoleLaunches {
  readonly #desk: Desk;
  readonly #shipping: Shipping;
  readonly #roleEra: () => number;
  readonly #hooks: RoleLaunchHooks;
  readonly #waiting = new Map<string, Waiting>();
  #timer: Timer | undefined;

  constructor(desk: Desk, shipping: Shipping, roleEra: () => number, hooks: RoleLaunchHooks) {
    this.#desk = desk;
    this.#shipping = shipping;
    this.#roleEra = roleEra;
    this.#hooks = hooks;
    shipping.onOwnDelivered(() => this.look());
  }

  /** The intent and its WAIT are on disk here, the latter at `seq` of the own log. */
  add(attempt: AttemptId, runs: readonly JobmanRun[], seq: Seq): void {
    const sinceMs = this.#desk.ctx.clock.monotonic();
    const era = this.#roleEra();
    this.#waiting.set(attempt.job, { attempt, runs: [...runs], seq, era, sinceMs });
    this.look();
  }

  /** Something that concerns an attempt, after its start; false when that is not waited for. */
  follow(run: JobmanRun): boolean {
    if (run.kind !== 'kill') return false;
    const waiting = this.#waiting.get(run.job);
    if (waiting?.attempt.attempt !== run.attempt) return false;
    waiting.runs.push(run);
    return true;
  }

  /** Starts what may be started, and gives up what another manager decides about now. */
  look(): void {
    this.#timer?.cancel();
    for (const [job, { attempt, runs, era, ...rest }] of this.#waiting) {
      if (era !== this.#roleEra()) {
        this.#waiting.delete(job);
        this.#hooks.withdraw(attempt);
      } else if (this.#desk.roles.acting() && this.#reachesMajority() && this.#isTold(rest)) {
        this.#waiting.delete(job);
        for (const run of runs) this.#hooks.start(run);
      }
    }
    if (this.#waiting.size === 0) return;
    this.#timer = this.#desk.ctx.clock.setTimer(LOOK_MS, () => this.look());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#waiting.clear();
  }

  /** Where a domain is switched by hand alone, its manager acts without a lease, also when cut off. */
  #reachesMajority(): boolean {
    const { tree, domain, roles, self } = this.#desk;
    const voters = roles.votersOf(domain)?.voters ?? votersOf(tree, domain);
    // Of two, neither manages the domain without the other's vote.
    if (voters.length < 3) return true;
    const reached = voters.filter((name) => name === self || this.#hooks.isOpen(name));
    return reached.length > voters.length / 2;
  }

  #isTold({ seq, sinceMs }: Pick<Waiting, 'seq' | 'sinceMs'>): boolean {
    const { ctx, settings, tree, domain, self } = this.#desk;
    if (ctx.clock.monotonic() - sinceMs >= settings.linkTimeoutMs) return true;
    const agents = isEnhanced(this.#desk) ? tree.coreOf(domain) : [];
    return agents.every(
      (name) =>
        name === self || this.#shipping.ownDelivered(name) >= seq || this.#hooks.isAway(name),
    );
  }
}
