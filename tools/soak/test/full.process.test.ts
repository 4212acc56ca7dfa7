import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkStore } from '@ftctl/store';
import { expect, it, onTestFinished } from 'vitest';
import { ownFile, temporaryFolder } from '../src/places.ts';
import { buildShim, recordingObstacle } from '../src/store-power/trace.ts';

const ATTEMPTS = 150;
/** How long the disk is full, and not, in turn. */
const TURN_MS = 150;
const DISK_FULL = 'FT_STORE_DISK_FULL';
/**
 * lmdb 3.5.6 prints what it could not write into 100 bytes, which long numbers
 * overflow (`mdb_page_flush` in its mdb.c): then the C library ends the process.
 */
const LIBRARY_ABORT = 'SIGABRT';

it('a disk that the system calls full, again and again, loses nothing acknowledged', async (context) => {
  const obstacle = recordingObstacle();
  if (obstacle !== undefined) context.skip(obstacle);
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  const full = join(folder, 'full');
  const path = join(folder, 'store/p');
  const script = ownFile('dist/store-full/writer.js');
  const child = spawn(process.execPath, [script, path, join(folder, 's'), String(ATTEMPTS)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, LD_PRELOAD: buildShim(folder), FT_FULL: full },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece;
  });
  const ended = new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  let running = true;
  void ended.then(() => {
    running = false;
  });
  await expect.poll(() => output).toContain('kept');
  for (let isFull = true; running; isFull = !isFull) {
    if (isFull) writeFileSync(full, '');
    else rmSync(full, { force: true });
    await sleep(TURN_MS);
  }
  const end = await ended;
  const isAborted = end === LIBRARY_ABORT;
  expect(isAborted ? 0 : end).toBe(0);
  const lines = output.trim().split('\n');
  const kept = lines.filter((line) => line.startsWith('kept '));
  const refused = new Set(lines.filter((line) => !line.startsWith('kept ')));
  expect([...refused, ...(isAborted ? [DISK_FULL] : [])]).toContain(DISK_FULL);
  expect([...refused].filter((code) => code !== DISK_FULL)).toEqual([]);
  // Numbers of what was refused are used again, so none is missing between them.
  expect(kept).toEqual(kept.map((_, index) => `kept ${index + 1}`));
  const { damaged, records } = await checkStore({ path });
  expect(damaged).toBe(0);
  // What was on disk when the process ended, and not told yet, is one commit at most.
  expect([kept.length, ...(isAborted ? [kept.length + 1] : [])]).toContain(records);
});
