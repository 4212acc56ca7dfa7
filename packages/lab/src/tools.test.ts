import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inParallel } from './parallel.ts';
import { descendants, processTable } from './process-table.ts';
import { signalByName } from './signals.ts';
import { labPaths, prepareFolder, readState, removeFolder, writeState } from './state.ts';
import { waitUntil } from './wait.ts';

describe('work in parallel', () => {
  it('does everything, and never more at a time than allowed', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(5);
      running -= 1;
      done.push(item);
    });
    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('starts nothing new after a failure, and waits for what is under way', async () => {
    const done: number[] = [];
    const work = inParallel([1, 2, 3, 4], 2, async (item) => {
      if (item === 1) throw new Error('one failed');
      await sleep(10);
      done.push(item);
    });
    await expect(work).rejects.toThrow('one failed');
    expect(done).toEqual([2]);
  });
});

describe('waiting', () => {
  it('answers what was seen', async () => {
    let looks = 0;
    const seen = await waitUntil(() => (looks++ < 2 ? undefined : 'it'), { everyMs: 1 });
    expect(seen).toBe('it');
  });

  it('ends with what was waited for', async () => {
    const waiting = waitUntil(() => false, { timeoutMs: 20, everyMs: 5, what: 'the moon' });
    await expect(waiting).rejects.toThrow('the moon did not happen within 20 ms');
  });
});

describe('signals', () => {
  it('are known by both of their names', () => {
    expect(signalByName('SIGTERM')).toBe('SIGTERM');
    expect(signalByName('kill')).toBe('SIGKILL');
    expect(() => signalByName('SIGNOTHING')).toThrow(/SIGNOTHING is not a signal/);
  });
});

describe('the table of processes', () => {
  it('has this process below its parent', async () => {
    const table = await processTable();
    const own = table.get(process.pid);
    expect(own).toMatchObject({ parent: process.ppid, stopped: false });
    expect(descendants(table, new Set([process.ppid])).map(({ pid }) => pid)).toContain(
      process.pid,
    );
    expect(descendants(table, new Set([process.pid])).map(({ pid }) => pid)).not.toContain(
      process.pid,
    );
  });
});

describe('the folder of a lab', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lab-folder-'));
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  const state = {
    labVersion: 1,
    definition: { relay: true, plugins: {}, hosts: { a: { plugins: {} } } },
    ftctl: '/ftctl.js',
    startedAt: '2026-01-01T00:00:00.000Z',
  } as const;

  it('is a new one, an empty one, or that of an earlier lab', async () => {
    const paths = labPaths(join(dir, 'deep', 'lab'));
    await prepareFolder(paths);
    await writeState(paths, state);
    await prepareFolder(paths);
    expect(await readState(paths)).toEqual(state);
  });

  it('is no folder with other things in it', async () => {
    await writeFile(join(dir, 'precious.txt'), 'x');
    await expect(prepareFolder(labPaths(dir))).rejects.toMatchObject({ code: 'FT_LAB_DIR_IN_USE' });
  });

  it('is removed without what is not its own', async () => {
    const paths = labPaths(dir);
    await writeState(paths, state);
    await writeFile(join(dir, 'precious.txt'), 'x');
    await removeFolder(paths);
    expect(await readdir(dir)).toEqual(['precious.txt']);
    await rm(join(dir, 'precious.txt'));
    await removeFolder(paths);
    await removeFolder(paths);
    await expect(readdir(dir)).rejects.toThrow(/ENOENT/);
  });

  it('says so when its state is damaged', async () => {
    await writeFile(join(dir, 'lab.json'), '{');
    await expect(readState(labPaths(dir))).rejects.toMatchObject({ code: 'FT_LAB_DAMAGED' });
  });
});
