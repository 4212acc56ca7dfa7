import { expectSimulation } from '@ftctl/sim';
import { it } from 'vitest';
import { simulation } from './simulation.ts';

it('mirrors the plan of whoever is the master, through faults of all of them', async () => {
  await expectSimulation(simulation, { runs: 60 });
}, 300_000);
