import { expectSimulation } from '@ftctl/sim';
import { it } from 'vitest';
import { simulation } from './simulation.ts';

it('loses nothing and counts nothing twice under random faults', async () => {
  await expectSimulation(simulation, { runs: 12 });
}, 300_000);
