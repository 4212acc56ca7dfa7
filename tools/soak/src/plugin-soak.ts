import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginSoak } from '@ftctl/lab';
import { build } from 'esbuild';
import { ownFile } from './places.ts';
import { seeded } from './random.ts';
import type { Soak, SoakOptions, SoakReport } from './soak.ts';

/**
 * A soak whose code stands with a plugin's tests. It is bundled at each run, as
 * simulations are, so that no package has to import a plugin.
 *
 * @param module its path, from the root of the checkout
 */
export function pluginSoak(about: Omit<Soak, 'run'>, module: string): Soak {
  return { ...about, run: (options) => run(options, ownFile('../..', module)) };
}

async function run(options: SoakOptions, entry: string): Promise<SoakReport> {
  // Where what stays outside of the bundle is found.
  const folder = mkdtempSync(ownFile('node_modules', '.soak-'));
  try {
    const file = join(folder, 'soak.mjs');
    await build({
      entryPoints: [entry],
      outfile: file,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      external: ['lmdb'],
      logLevel: 'error',
      // The lab of a plugin looks for what it runs beside its own files.
      define: { 'import.meta.dirname': JSON.stringify(dirname(entry)) },
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    });
    const { soak } = (await import(pathToFileURL(file).href)) as { soak: PluginSoak };
    return await soak({ ...options, random: seeded(options.seed) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
