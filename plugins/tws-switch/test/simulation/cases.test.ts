import { expectSimulation } from '@ftctl/sim';
import { it } from 'vitest';
import { simulation as jnextdayAndSwitch } from './cases/jnextday-and-switch.ts';
import { simulation as killedJobs } from './cases/killed-jobs.ts';
import { simulation as lostManager } from './cases/lost-manager.ts';
import { simulation as minority } from './cases/minority.ts';
import { simulation as oneBehind } from './cases/one-behind.ts';
import { simulation as oneWayCuts } from './cases/one-way-cuts.ts';
import { simulation as toAndFro } from './cases/to-and-fro.ts';
import { simulation as twoAtOnce } from './cases/two-at-once.ts';
import { simulation as twoRunsBehind } from './cases/two-runs-behind.ts';

const RUNS = 4;

const CASES = [
  jnextdayAndSwitch,
  killedJobs,
  lostManager,
  minority,
  oneBehind,
  oneWayCuts,
  toAndFro,
  twoAtOnce,
  twoRunsBehind,
];

/** More seeds of one: `npm run sim -- ./plugins/tws-switch/test/simulation/cases/NAME.ts --runs 500`. */
it.each(CASES.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
  await expectSimulation(one, { runs: RUNS });
});
