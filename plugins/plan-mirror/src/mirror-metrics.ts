import type { Metrics } from '@ftctl/sdk';
import type { MirrorStatus } from './mirror.ts';

/** What `/metrics` of the host shows of the mirror. */
export class MirrorMetrics {
  readonly #lag;
  readonly #lagSeconds;
  readonly #following;
  readonly #copies;
  #counted = 0;

  constructor(metrics: Metrics) {
    this.#lag = metrics.gauge({
      name: 'plan_mirror_lag_records',
      help: 'records of the mirrorbox that a lane has not taken yet',
      labels: ['lane'],
    });
    this.#lagSeconds = metrics.gauge({
      name: 'plan_mirror_lag_seconds',
      help: 'how far what readers see is behind the scheduler',
    });
    this.#following = metrics.gauge({
      name: 'plan_mirror_following',
      help: '1 while the mirror follows the plan of this host',
    });
    this.#copies = metrics.counter({
      name: 'plan_mirror_copies_total',
      help: 'copies of the plan that were loaded',
    });
  }

  set({ phase, lanes, lagMs, copies }: MirrorStatus): void {
    this.#following.set(phase === 'following' ? 1 : 0);
    this.#lagSeconds.set(lagMs / 1_000);
    for (const { lane, lag } of lanes) this.#lag.set(lag, { lane: String(lane) });
    this.#copies.add(copies - this.#counted);
    this.#counted = copies;
  }
}
