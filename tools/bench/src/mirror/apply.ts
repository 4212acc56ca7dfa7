import { setTimeout as sleep } from 'node:timers/promises';
import { round } from '../statistics.ts';
import { type MirrorLab, SCHEDULER } from './mirror-lab.ts';
import { MAX_LAG_MS, SHAPE } from './shape.ts';

const LOOK_MS = 100;
/** The lag at which a rate begins is that of the one before it. */
const SETTLE_MS = 1_000;

export interface Rate {
  readonly perS: number;
  readonly maxLagMs: number;
}

export interface Applied {
  /** The highest rate that was offered and kept up with. */
  readonly perS: number;
  readonly rates: readonly Rate[];
  /** Messages a second when as many as may be wait. */
  readonly backlogPerS: number;
}

/** Offers more and more changes a second until the mirror cannot keep up. */
export async function measureApply(
  lab: MirrorLab,
  progress: (line: string) => void,
): Promise<Applied> {
  const rates: Rate[] = [];
  for (const perS of SHAPE.rates) {
    const maxLagMs = await offer(lab, perS);
    rates.push({ perS, maxLagMs: round(maxLagMs) });
    progress(`${perS} messages/s: lag at most ${Math.round(maxLagMs)} ms`);
    await lab.follows(1);
    if (maxLagMs >= MAX_LAG_MS) break;
    await sleep(SETTLE_MS);
  }
  const beganMs = performance.now();
  await lab.command(SCHEDULER, 'emit', { count: String(SHAPE.backlog), rate: '0' });
  await lab.follows(1);
  const backlogPerS = SHAPE.backlog / ((performance.now() - beganMs) / 1_000);
  progress(`${SHAPE.backlog} at once: ${Math.round(backlogPerS)}/s`);
  const kept = rates.filter(({ maxLagMs }) => maxLagMs < MAX_LAG_MS);
  return { perS: Math.max(0, ...kept.map(({ perS }) => perS)), rates, backlogPerS };
}

/** @returns the largest lag while a rate is offered, in milliseconds */
async function offer(lab: MirrorLab, perS: number): Promise<number> {
  const count = Math.round((perS * SHAPE.rateMs) / 1_000);
  let isOver = false;
  const emitted = lab
    .command<{ seconds: number }>(SCHEDULER, 'emit', { count: String(count), rate: String(perS) })
    .finally(() => {
      isOver = true;
    });
  let maxLagMs = 0;
  while (!isOver) {
    maxLagMs = Math.max(maxLagMs, (await lab.status()).lagMs);
    await sleep(LOOK_MS);
  }
  const { seconds } = await emitted;
  // A rate that the source itself does not reach was not offered.
  if (seconds * 1_000 > SHAPE.rateMs * 1.1) return Number.POSITIVE_INFINITY;
  return maxLagMs;
}
