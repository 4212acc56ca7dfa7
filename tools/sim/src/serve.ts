import { parentPort } from 'node:worker_threads';
import { runOnce, type Simulation } from '@ftctl/sim';

/** In a worker thread: runs the seeds that the main thread hands out, one at a time. */
export function serve(simulation: Simulation): void {
  const port = parentPort;
  if (port === null) throw new Error('a simulation is served in a worker thread only');
  port.on('message', async (seed: number) => {
    port.postMessage(await runOnce(simulation, seed));
  });
}
