import { readdir } from 'node:fs/promises';
import { expectSimulation, type Simulation } from '@ftctl/sim';
import { it } from 'vitest';

/** Besides a fresh seed. */
const RUNS = 1;
/** What the cases are made of. */
const PARTS = ['case.ts', 'scene.ts'];

const files = await readdir(new URL('cases', import.meta.url));

/** More seeds of one: `npm run sim -- ./plugins/tws-switch/test/simulation/cases/NAME.ts --runs 500`. */
it.each(files.filter((file) => !PARTS.includes(file)).sort())(
  '%s',
  async (file) => {
    const module: { simulation: Simulation } = await import(`./cases/${file}`);
    await expectSimulation(module.simulation, { runs: RUNS });
  },
  120_000,
);
