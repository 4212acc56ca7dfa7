import { setTimeout as sleep } from 'node:timers/promises';
import { type MirrorLab, SCHEDULER } from './mirror-lab.ts';
import { SHAPE } from './shape.ts';

/** Longer than an answer is kept. */
const STALE_MS = 1_050;
/** The plan changes all the while. */
const CHANGES_PER_S = 1_000;

/** Milliseconds from the question to the whole answer, each of a plan that has changed since the one before. */
export async function measureOverview(lab: MirrorLab): Promise<readonly number[]> {
  const { address, token } = await lab.dashboard();
  const headers = { authorization: `Bearer ${token}` };
  const seconds = (SHAPE.overviews * STALE_MS) / 1_000;
  const count = String(Math.round(seconds * CHANGES_PER_S));
  const emitted = lab.command(SCHEDULER, 'emit', { count, rate: String(CHANGES_PER_S) });
  const times: number[] = [];
  while (times.length < SHAPE.overviews) {
    const beganMs = performance.now();
    const response = await fetch(`${address}/api/plan-mirror/plan`, { headers });
    const { from } = (await response.json()) as { readonly from?: string };
    if (from !== 'mirror') throw new Error(`the overview came from ${from}`);
    times.push(performance.now() - beganMs);
    await sleep(STALE_MS);
  }
  await emitted;
  return times;
}
