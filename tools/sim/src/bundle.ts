import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { SIMULATIONS } from './registry.ts';

/** Bundled CommonJS calls `require`, which an ES module does not have. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

export interface BundledSimulation {
  /** A module for a worker thread: the simulation, the simulated world and `serve` in one file. */
  readonly file: string;
  /** The temporary folder that holds it. */
  readonly folder: string;
  remove(): Promise<void>;
}

/** Names whose module is there. */
export function availableSimulations(root: string): string[] {
  return Object.entries(SIMULATIONS)
    .filter(([, path]) => existsSync(join(root, path)))
    .map(([name]) => name);
}

/**
 * Bundles a simulation from its sources, as they are now, into a temporary file.
 *
 * @param name of the registry, or a file that exports `simulation`
 * @throws Error when there is none
 */
export async function bundleSimulation(root: string, name: string): Promise<BundledSimulation> {
  const path = SIMULATIONS[name] ?? fileOf(name);
  if (path === undefined) {
    const names = availableSimulations(root).join(', ');
    throw new Error(`there is no simulation ${name}; there are ${names}`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-sim-'));
  const file = join(folder, 'simulation.mjs');
  await build({
    stdin: {
      contents: [
        `import { simulation } from ${JSON.stringify(resolve(root, path))};`,
        `import { serve } from './serve.ts';`,
        'serve(simulation);',
      ].join('\n'),
      resolveDir: join(root, 'tools/sim/src'),
    },
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'error',
    banner: { js: BANNER },
  });
  return { file, folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

function fileOf(name: string): string | undefined {
  return /\.[jt]s$/.test(name) && existsSync(name) ? resolve(name) : undefined;
}
