import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  findVersionFolder,
  moveIntoPlace,
  RECORD_FILE,
  sealFolder,
  versionFolderName,
  whyDamaged,
} from '../../src/install/version-folder.ts';
import { everythingIn, temporaryFolder, writePackage } from './packages.ts';

const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
const identity = { id: 'probe', package: 'ftctl-plugin-probe', version: '1.0.0', integrity };

async function sealed(): Promise<string> {
  const folder = await writePackage({ files: { 'node_modules/a/index.js': 'x' } });
  await chmod(join(folder, 'plugin.js'), 0o755);
  await sealFolder(folder, identity);
  return folder;
}

describe('sealFolder', () => {
  it('makes every file read-only and notes its digest', async () => {
    const folder = await sealed();
    for (const path of ['package.json', 'node_modules/a/index.js', RECORD_FILE]) {
      expect((await stat(join(folder, path))).mode & 0o777).toBe(0o444);
    }
    expect((await stat(join(folder, 'plugin.js'))).mode & 0o777).toBe(0o555);
    expect(await whyDamaged(folder, integrity)).toBeUndefined();
  });

  it.each([
    ['was changed', (folder: string) => rewrite(join(folder, 'plugin.js'), 'evil')],
    ['is missing', (folder: string) => rm(join(folder, 'node_modules/a/index.js'))],
    ['was added', (folder: string) => writeFile(join(folder, 'new.js'), '')],
    [RECORD_FILE, (folder: string) => rewrite(join(folder, RECORD_FILE), '{}')],
    [RECORD_FILE, (folder: string) => rewrite(join(folder, RECORD_FILE), 'null')],
  ])('lets it be seen that something %s', async (why, damage) => {
    const folder = await sealed();
    await damage(folder);
    expect(await whyDamaged(folder, integrity)).toContain(why);
  });

  it('lets it be seen that a folder came from another tarball', async () => {
    expect(await whyDamaged(await sealed(), 'sha512-other')).toMatch(/another tarball/);
  });
});

describe('moveIntoPlace', () => {
  it('keeps what is there when it is the same, replaces it when it is damaged', async () => {
    const root = await temporaryFolder();
    const place = join(root, 'probe', versionFolderName('1.0.0', integrity));
    await moveIntoPlace(await sealed(), place, integrity, join(root, 'discarded-1'));
    expect(await findVersionFolder(root, integrity)).toBe(place);
    await moveIntoPlace(await sealed(), place, integrity, join(root, 'discarded-2'));
    expect(await everythingIn(root)).not.toContain('discarded-2');
    await rewrite(join(place, 'plugin.js'), 'evil');
    expect(await findVersionFolder(root, integrity)).toBeUndefined();
    await moveIntoPlace(await sealed(), place, integrity, join(root, 'discarded-3'));
    expect(await whyDamaged(place, integrity)).toBeUndefined();
    expect(await everythingIn(root)).toContain('discarded-3');
  });

  it('finds nothing for another tarball of the same version', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'probe', '1.0.0-ffffffffffff'), { recursive: true });
    expect(await findVersionFolder(root, integrity)).toBeUndefined();
  });
});

async function rewrite(path: string, text: string): Promise<void> {
  await rm(path);
  await writeFile(path, text);
}
