import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'tsup';

const here = import.meta.dirname;

/** The launcher as plain Node runs it, and processes that tests need. */
export interface BuiltEntries {
  readonly launcher: string;
  readonly driver: string;
  readonly stepLauncher: string;
  readonly racer: string;
  remove(): Promise<void>;
}

export async function buildEntries(): Promise<BuiltEntries> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-jobs-built-'));
  await build({
    config: false,
    silent: true,
    entry: {
      launcher: resolve(here, '../../src/launcher.ts'),
      driver: resolve(here, 'entries/driver.ts'),
      'step-launcher': resolve(here, 'entries/step-launcher.ts'),
      racer: resolve(here, 'entries/racer.ts'),
    },
    outDir: folder,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    splitting: true,
    noExternal: [/.*/],
    outExtension: () => ({ js: '.mjs' }),
    tsconfig: resolve(here, '../../../../tsconfig.base.json'),
  });
  const path = (name: string) => join(folder, `${name}.mjs`);
  return {
    launcher: path('launcher'),
    driver: path('driver'),
    stepLauncher: path('step-launcher'),
    racer: path('racer'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
