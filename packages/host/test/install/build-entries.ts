import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'tsup';

/**
 * Builds files of `test/entries` into a temporary folder, so that plain Node can
 * run them. Answers that folder, with `NAME.mjs` for each `NAME.ts`.
 */
export async function buildEntries(...names: readonly string[]): Promise<BuiltEntries> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-install-built-'));
  await build({
    config: false,
    silent: true,
    entry: names.map((name) => resolve(import.meta.dirname, '../entries', `${name}.ts`)),
    outDir: folder,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    splitting: true,
    noExternal: [/.*/],
    outExtension: () => ({ js: '.mjs' }),
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return {
    path: (name) => join(folder, `${name}.mjs`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface BuiltEntries {
  path(name: string): string;
  remove(): Promise<void>;
}
