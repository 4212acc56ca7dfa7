import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from './logger.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ft-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('lines are JSON with level, time, fields and text; lower levels are left out', async () => {
  const path = join(folder, 'x.log');
  const { log, close } = openLog({ path, maxBytes: 100_000, keep: 2 }, 'info', { plugin: 'x' });
  log.debug('not this');
  log.child({ peer: 'b' }).warn('lost', { error: new Error('boom') });
  log.info('well');
  await close();
  const [lost, well] = (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l));
  expect(lost).toMatchObject({ level: 'warn', plugin: 'x', peer: 'b', msg: 'lost' });
  expect(lost.error.message).toBe('boom');
  expect(Date.parse(lost.time)).toBeGreaterThan(0);
  expect(well).toMatchObject({ level: 'info', msg: 'well' });
});

test('a log is rotated by size, and only so many are kept', async () => {
  const path = join(folder, 'x.log');
  const { log, close } = openLog({ path, maxBytes: 1_000, keep: 2 }, 'info', {});
  for (let n = 0; n < 60; n += 1) {
    log.info(`line ${n} ${'.'.repeat(60)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await close();
  expect((await readdir(folder)).sort()).toEqual(['x.log', 'x.log.1', 'x.log.2']);
  const newest = (await readFile(join(folder, 'x.log.1'), 'utf8')) + (await readFile(path, 'utf8'));
  expect(newest).toContain('line 59');
});

test('a log that cannot be written stops nobody', async () => {
  const path = join(folder, 'x.log');
  await mkdir(path);
  const { log, close } = openLog({ path, maxBytes: 1_000, keep: 2 }, 'info', {});
  log.info('nowhere to go');
  await new Promise((resolve) => setTimeout(resolve, 50));
  log.info('still nowhere');
  await close();
  expect(await readdir(path)).toEqual([]);
});
