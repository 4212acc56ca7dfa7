import { join, resolve } from 'node:path';
import { build } from 'tsup';

/** Builds a script of the tests that is to run as a process of its own; gives its path. */
export async function buildScript(name: string): Promise<string> {
  const root = resolve(import.meta.dirname, '../..');
  await build({
    config: false,
    silent: true,
    entry: [join(root, `test/support/${name}.ts`)],
    outDir: join(root, 'dist/test'),
    format: 'esm',
    platform: 'node',
    target: 'node20',
    noExternal: [/^@ftctl\//],
    external: ['lmdb', 'ws'],
    tsconfig: resolve(root, '../../tsconfig.base.json'),
  });
  return join(root, `dist/test/${name}.js`);
}
