/** Runs the seeds that the main thread hands out, one at a time. */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { RunOutcome, Simulation } from '@ftctl/sim';

export interface WorkerData {
  /** The bundled simulation. */
  readonly file: string;
}

interface SimulationModule {
  readonly simulation: Simulation;
  readonly runOnce: (simulation: Simulation, seed: number) => Promise<RunOutcome>;
}

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread only');
const { file } = workerData as WorkerData;
const { simulation, runOnce } = (await import(pathToFileURL(file).href)) as SimulationModule;

port.on('message', async (seed: number) => {
  port.postMessage(await runOnce(simulation, seed));
});
