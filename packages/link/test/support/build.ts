import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'tsup';

const packages = resolve(import.meta.dirname, '../../..');

/** What the bundle does not hold, and the room that brings it. */
const OUTSIDE = { lmdb: 'store', ws: 'link' };

/** Builds a script of these tests to run as a process of its own, in a new temporary folder. */
export async function buildScript(name: string): Promise<{ script: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-link-'));
  await mkdir(join(folder, 'node_modules'));
  for (const [outside, room] of Object.entries(OUTSIDE)) {
    const target = join(packages, room, 'node_modules', outside);
    await symlink(target, join(folder, 'node_modules', outside));
  }
  await build({
    config: false,
    silent: true,
    entry: [join(import.meta.dirname, `${name}.ts`)],
    outDir: folder,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outExtension: () => ({ js: '.mjs' }),
    noExternal: [/^@ftctl\//],
    external: Object.keys(OUTSIDE),
    tsconfig: resolve(packages, '../tsconfig.base.json'),
  });
  return { script: join(folder, `${name}.mjs`), folder };
}
