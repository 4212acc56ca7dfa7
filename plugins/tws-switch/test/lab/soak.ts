import type { PluginSoak } from '@ftctl/lab';
import { CASES } from './cases.ts';
import { play } from './play.ts';
import { Production } from './production.ts';

const LOST = 'jobs lost with their launcher';

/**
 * Days in one running lab, each with a case and a moment that the seed chooses.
 * Ends at the first promise that was broken; the lab's folder is kept then.
 */
export const soak: PluginSoak = async (options) => {
  const { count, seed, deadline, progress, random } = options;
  const production = await Production.start();
  progress(`jobs are from ${production.source}`);
  const counts: Record<string, number> = { runs: 0, lines: 0, [LOST]: 0 };
  const next = chooser(random);
  let problems: readonly string[] = [];
  try {
    for (let run = 1; run <= count && performance.now() < deadline; run += 1) {
      const name = next();
      const outcome = await play(production, name, random).catch(failed(name));
      progress(`run ${run}: ${outcome.text}`);
      counts.runs = run;
      counts.lines = (await production.lines()).length;
      counts[LOST] = (counts[LOST] ?? 0) + outcome.lost;
      counts[name] = (counts[name] ?? 0) + 1;
      if (outcome.problems.length === 0) continue;
      problems = [
        ...outcome.problems.map((problem) => `run ${run} (${name}): ${problem}`),
        `repeat it: npm run soak -- tws-switch --runs ${run} --seed ${seed}`,
        `stores and logs of that run: ${production.lab.folder}`,
      ];
      break;
    }
  } finally {
    await production.down({ remove: problems.length === 0 });
  }
  return { counts, problems };
};

/** What did not come to its end in time is a broken promise as well. */
function failed(name: string): (error: unknown) => Awaited<ReturnType<typeof play>> {
  return (error) => {
    const problem = error instanceof Error ? error.message : String(error);
    return { lost: 0, problems: [problem], text: `${name}: did not come to its end` };
  };
}

/** All cases in an order that chance chooses, then all of them again in another. */
function chooser(random: () => number): () => string {
  let left: string[] = [];
  return () => {
    if (left.length === 0) left = Object.keys(CASES);
    const [chosen = ''] = left.splice(Math.floor(random() * left.length), 1);
    return chosen;
  };
}
