import { setTimeout as sleep } from 'node:timers/promises';
import type { PluginSoak } from '@ftctl/lab';
import { MIRROR_FAULTS } from './mirror-faults.ts';
import { MirrorLab } from './mirror-lab.ts';

const SHAPE = { streams: 12, jobsInEach: 3 };
/** From a new plan to the fault: half of them while the copy is taken and loaded, half while it is followed. */
const LOAD_MS = 500;
const APPLY_MS = 4_000;

/**
 * New plans in one running lab, each with a fault at a moment that the seed
 * chooses. When all jobs have run, the database must equal the plan.
 */
export const soak: PluginSoak = async (options) => {
  const { count, seed, deadline, progress, random } = options;
  const lab = await MirrorLab.start(SHAPE);
  const counts: Record<string, number> = { runs: 0 };
  let problems: readonly string[] = [];
  try {
    for (let run = 1; run <= count && performance.now() < deadline; run += 1) {
      const names = Object.keys(MIRROR_FAULTS);
      const name = names[Math.floor(random() * names.length)] ?? '';
      const atMs = random() * (random() < 0.5 ? LOAD_MS : APPLY_MS);
      const problem = await play(lab, name, atMs, random);
      progress(`run ${run}: ${name} after ${Math.round(atMs)} ms: ${problem ?? 'equal'}`);
      counts.runs = run;
      counts[name] = (counts[name] ?? 0) + 1;
      if (problem === undefined) continue;
      problems = [
        `run ${run} (${name}): ${problem}`,
        `repeat it: npm run soak -- mirror --runs ${run} --seed ${seed}`,
        `stores and logs of that run: ${lab.folder}`,
      ];
      break;
    }
  } finally {
    await lab.down({ remove: problems.length === 0 });
  }
  return { counts, problems };
};

/** @returns what was broken */
async function play(
  lab: MirrorLab,
  name: string,
  atMs: number,
  random: () => number,
): Promise<string | undefined> {
  try {
    await lab.newPlan();
    await sleep(atMs);
    await MIRROR_FAULTS[name]?.(lab, random);
    await lab.ran();
    await lab.expectEqual();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
