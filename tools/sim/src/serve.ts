import { closeSync, openSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { historyLines, type RunOptions, runOnce, type Simulation } from '@ftctl/sim';
import type { RunRequest } from './player.ts';

/** In a worker thread: runs what the main thread asks for, one run at a time. */
export function serve(simulation: Simulation): void {
  const port = parentPort;
  if (port === null) throw new Error('a simulation is served in a worker thread only');
  port.on('message', async ({ seed, reduction, historyFile }: RunRequest) => {
    const keep: RunOptions =
      historyFile === undefined
        ? {}
        : {
            onEnd: (world, outcome) =>
              writeLines(historyFile, historyLines(simulation.name, world.history, outcome)),
          };
    port.postMessage(await runOnce(simulation, seed, { reduction, ...keep }));
  });
}

/** Bytes that are gathered before they are written. */
const PIECE_CHARACTERS = 1_000_000;

function writeLines(file: string, lines: Iterable<string>): void {
  const to = openSync(file, 'w');
  try {
    let piece = '';
    for (const line of lines) {
      piece += `${line}\n`;
      if (piece.length < PIECE_CHARACTERS) continue;
      writeSync(to, piece);
      piece = '';
    }
    writeSync(to, piece);
  } finally {
    closeSync(to);
  }
}
