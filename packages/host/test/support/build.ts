import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'tsup';

export interface Built {
  readonly runner: string;
  readonly host: string;
  remove(): Promise<void>;
}

const entries = join(import.meta.dirname, '../entries');

/**
 * Bundles a runner and a host as the published packages do. They lie outside
 * the checkout, so what is not bundled is named by its full path.
 */
export async function buildEntries(): Promise<Built> {
  const outDir = await mkdtemp(join(tmpdir(), 'ft-built-'));
  await build({
    config: false,
    silent: true,
    entry: { runner: join(entries, 'runner.ts'), host: join(entries, 'host.ts') },
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    splitting: true,
    treeshake: true,
    dts: false,
    tsconfig: join(import.meta.dirname, '../../../../tsconfig.base.json'),
    outExtension: () => ({ js: '.mjs' }),
    esbuildPlugins: [
      {
        name: 'outside-by-full-path',
        setup(plugin) {
          plugin.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
            if (kind === 'entry-point' || path.startsWith('node:') || path.startsWith('@ftctl/')) {
              return undefined;
            }
            const found = createRequire(importer || dirname(entries)).resolve(path);
            return { path: found, external: true };
          });
        },
      },
    ],
    noExternal: [/^@ftctl\//],
  });
  return {
    runner: join(outDir, 'runner.mjs'),
    host: join(outDir, 'host.mjs'),
    remove: () => rm(outDir, { recursive: true, force: true }),
  };
}
