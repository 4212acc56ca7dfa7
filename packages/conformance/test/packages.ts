import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { create } from 'tar';
import { afterEach } from 'vitest';

const HEALTHY = resolve(import.meta.dirname, '../../../test/fixtures/plugins/healthy');

const made: string[] = [];

afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-conformance-'));
  made.push(folder);
  return folder;
}

/** New text of a file of the healthy plugin; undefined takes the file out. */
export type Changes = Readonly<Record<string, ((text: string) => string) | string | undefined>>;

/** Packs the healthy plugin with some of its files changed. */
export async function packChanged(changes: Changes = {}): Promise<string> {
  const root = await temporaryFolder();
  const folder = join(root, 'package');
  await cp(HEALTHY, folder, { recursive: true });
  for (const [name, change] of Object.entries(changes)) {
    const path = join(folder, name);
    if (change === undefined) await rm(path);
    else if (typeof change === 'string') await writeFile(path, change);
    else await writeFile(path, change(await readFile(path, 'utf8')));
  }
  const file = join(root, 'package.tgz');
  await create({ file, cwd: root, gzip: true, portable: true }, ['package']);
  return file;
}

/** A change of a JSON file: sets these fields; `undefined` takes a field out. */
export function fields(change: Readonly<Record<string, unknown>>): (text: string) => string {
  return (text) => JSON.stringify({ ...JSON.parse(text), ...change });
}
