import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPlugin } from '@ftctl/sdk';
import { installErrors } from './errors.ts';
import { readPackage } from './package-check.ts';

export async function probePlugin({ folder }: { folder: string; runner: string }): Promise<void> {
  const { manifest } = await readPackage(folder);
  const module = await import(pathToFileURL(join(folder, manifest.entry)).href);
  if (!isPlugin(module.default)) {
    throw installErrors.MANIFEST({ package: manifest.id, why: 'its entry exports no plugin' });
  }
}
