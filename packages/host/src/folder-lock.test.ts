import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeFolderLock } from './folder-lock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ft-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const take = () => takeFolderLock(join(folder, 'lock'));

test('one has it, the next is told who, and gets it after the release', async () => {
  const first = await take();
  if ('heldBy' in first) throw new Error('nobody else has it');
  expect(await take()).toEqual({ heldBy: process.pid });
  await first.release();
  expect(await readdir(folder)).toEqual([]);
  expect(await take()).toHaveProperty('release');
});

test('of many at once that find the lock of a dead process, one gets it', async () => {
  await mkdir(join(folder, 'lock', '4194301.12345.0123456789ab'), { recursive: true });
  const all = await Promise.all(Array.from({ length: 20 }, take));
  expect(all.filter((each) => 'release' in each)).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['lock']);
});
