import { access, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
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
 * Bundles a runner and a host as the published packages do, into a folder of
 * its own. What is not bundled is linked into that folder's `node_modules`.
 */
export async function buildEntries(): Promise<Built> {
  const outDir = await mkdtemp(join(tmpdir(), 'ft-built-'));
  const outside = new Map<string, string>();
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
    noExternal: [/^@ftctl\//],
    esbuildPlugins: [
      {
        name: 'note-what-stays-outside',
        setup(plugin) {
          plugin.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
            if (kind === 'entry-point' || path.startsWith('node:') || path.startsWith('@ftctl/')) {
              return undefined;
            }
            outside.set(packageOf(path), importer);
            return { path, external: true };
          });
        },
      },
    ],
  });
  await linkPackages(join(outDir, 'node_modules'), outside);
  return {
    runner: join(outDir, 'runner.mjs'),
    host: join(outDir, 'host.mjs'),
    remove: () => rm(outDir, { recursive: true, force: true }),
  };
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

async function linkPackages(folder: string, packages: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder);
  for (const [name, importer] of packages) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await symlink(await findPackage(name, dirname(importer)), join(folder, name));
  }
}

async function findPackage(name: string, from: string): Promise<string> {
  const here = join(from, 'node_modules', name);
  try {
    await access(here);
    return here;
  } catch (error) {
    if (dirname(from) === from) throw error;
    return findPackage(name, dirname(from));
  }
}
