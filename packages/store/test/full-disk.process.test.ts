import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { checkStore, openStore } from '../src/index.ts';
import { makeHome } from './lmdb-harness.ts';

const DISK_BYTES = 4 * 1024 * 1024;
/** How often the disk fills. */
const ROUNDS = 4;

/** A small disk of its own, or why there cannot be one. */
function mountDisk(folder: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
  onTestFinished(() => {
    execFileSync('umount', [folder]);
  });
  return undefined;
}

it('refuses commits on a full disk, loses nothing, and goes on when there is room', async (context) => {
  const home = makeHome();
  onTestFinished(() => home.remove());
  const disk = join(home.folder, 'store');
  mkdirSync(disk);
  const obstacle = mountDisk(disk);
  if (obstacle !== undefined) context.skip(`needs a small disk, which takes root: ${obstacle}`);

  const ballast = join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(DISK_BYTES / 2));
  const place = { path: home.store('p'), plugin: 'p', sockets: home.sockets };
  const store = await openStore(place);
  const log = store.log('box', { codec: text, limitBytes: 100_000_000, overflow: 'refuse' });
  const record = 'x'.repeat(10_000);
  const append = () =>
    store.commit((tx) => {
      for (let count = 0; count < 5; count += 1) tx.append(log, record);
    });

  const acknowledged = await untilRefused(append);
  expect(acknowledged).toBeGreaterThan(5);
  await expect(append()).rejects.toMatchObject({ code: 'FT_STORE_DISK_FULL' });
  expect(log.bounds().last).toBe(acknowledged * 5);
  expect(log.read(log.bounds().last - 1)).toHaveLength(1);

  rmSync(ballast);
  await append();
  const last = (acknowledged + 1) * 5;
  await store.close();
  const again = await openStore(place);
  const reopened = again.log('box', { codec: text, limitBytes: 100_000_000, overflow: 'refuse' });
  expect(reopened.bounds().last).toBe(last);
  expect(reopened.read(0, { maxBytes: 100_000_000 })).toHaveLength(last);
  await again.close();
});

it('loses nothing acknowledged when the disk fills and empties again under full load', async (context) => {
  const home = makeHome();
  onTestFinished(() => home.remove());
  const disk = join(home.folder, 'store');
  mkdirSync(disk);
  const obstacle = mountDisk(disk);
  if (obstacle !== undefined) context.skip(`needs a small disk, which takes root: ${obstacle}`);
  const place = { path: home.store('p'), plugin: 'p', sockets: home.sockets };
  const store = await openStore(place);
  const log = store.log('box', { codec: text, limitBytes: 500_000, overflow: 'overwrite' });
  const table = store.table('state', text);
  const acknowledged = new Set<number>();
  const refusals = new Map<string, number>();
  let next = 0;
  const write = async () => {
    next += 1;
    const number = next;
    const outcome = await store
      .commit((tx) => {
        tx.append(log, 'x'.repeat(5_000));
        tx.put(table, `commit-${number}`, 'y'.repeat(500));
      })
      .then(
        () => 'kept',
        (error) => String(error.code),
      );
    if (outcome === 'kept') acknowledged.add(number);
    else refusals.set(outcome, (refusals.get(outcome) ?? 0) + 1);
    return outcome;
  };
  const ballast = join(disk, 'ballast');
  for (let round = 0; round < ROUNDS; round += 1) {
    writeFileSync(ballast, Buffer.alloc(Math.max(0, roomOn(disk) - 100_000)));
    for (let turn = 0; turn < 20; turn += 1) {
      await Promise.all(Array.from({ length: 5 }, write));
    }
    rmSync(ballast);
    await expect.poll(write, { timeout: 5_000 }).toBe('kept');
  }
  expect([...refusals.keys()]).toEqual(['FT_STORE_DISK_FULL']);
  await store.close();
  expect(await checkStore(place)).toMatchObject({ damaged: 0 });
  const again = await openStore(place);
  const kept = again.table('state', text);
  expect([...acknowledged].filter((number) => !kept.get(`commit-${number}`))).toEqual([]);
  expect(kept.entries()).toHaveLength(acknowledged.size);
  await again.close();
});

function roomOn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** How many commits were kept before one was refused for want of room. */
async function untilRefused(append: () => Promise<void>): Promise<number> {
  const tooMany = 1_000;
  for (let kept = 0; kept < tooMany; kept += 1) {
    const code = await append().then(
      () => undefined,
      (error) => error.code,
    );
    if (code === undefined) continue;
    expect(code).toBe('FT_STORE_DISK_FULL');
    return kept;
  }
  throw new Error('the disk never became full');
}
