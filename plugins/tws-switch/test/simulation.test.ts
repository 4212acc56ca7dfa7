import { expectSimulation } from '@ftctl/sim';
import { it } from 'vitest';
import { simulation } from './simulation.ts';

it('runs plans in random networks under random faults', async () => {
  await expectSimulation(simulation, { runs: 10 });
}, 120_000);
