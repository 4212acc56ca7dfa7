import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkApi, MANIFEST_FILE, parseManifest, readManifest } from './manifest.ts';

const good = { manifestVersion: 1, id: 'probe', api: '^0.1.0', entry: 'dist/plugin.js' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ft-manifest-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a manifest that fits is read', async () => {
  await writeFile(join(folder, MANIFEST_FILE), JSON.stringify(good));
  expect(await readManifest(folder)).toEqual(good);
});

test('a folder without a manifest is named in the error', async () => {
  await expect(readManifest(folder)).rejects.toMatchObject({
    code: 'FT_HOST_MANIFEST',
    message: expect.stringContaining(join(folder, MANIFEST_FILE)),
  });
});

test.each([
  [{ ...good, id: 'Probe' }, 'id: must match pattern'],
  [{ ...good, colour: 1 }, '(root): unknown key colour'],
  [{ ...good, entry: '../out.js' }, 'entry: must match pattern'],
  [{ manifestVersion: 1, id: 'x', api: '*' }, '(root): entry is missing'],
  [{ ...good, manifestVersion: 2 }, 'manifestVersion: must be 1'],
  [{ ...good, api: 'any day' }, 'api: any day is no range of versions'],
  [
    {
      ...good,
      commands: {
        namespace: 'probe',
        list: [
          { name: 'show', aliases: ['sh'], summary: 'Show', runs: 'cli' },
          { name: 'sh', summary: 'Shell', runs: 'cli' },
        ],
      },
    },
    'sh stands twice',
  ],
  [{ ...good, provides: [{ capability: 'a@1' }, { capability: 'a@1' }] }, 'a@1 stands twice'],
])('%j is refused', (manifest, why) => {
  expect(() => parseManifest(manifest, 'm.json')).toThrow(why);
});

test('the contract version decides whether a plugin fits', () => {
  checkApi({ ...good, manifestVersion: 1 }, '0.1.7');
  expect(() => checkApi({ ...good, manifestVersion: 1 }, '0.2.0')).toThrow(
    'plugin probe needs contract ^0.1.0, this ftctl has 0.2.0',
  );
});
