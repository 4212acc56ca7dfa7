import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../lock.mjs';

const lockModule = resolve(import.meta.dirname, '../lock.mjs');
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ftctl-lock-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('lets one process in at a time', async () => {
  const script = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    const { withLock } = await import(${JSON.stringify(lockModule)});
    await withLock('lock', () => undefined, async () => {
      appendFileSync('journal', 'in ');
      await sleep(50);
      appendFileSync('journal', 'out ');
    });
  `;
  await Promise.all([1, 2, 3].map(() => run(script)));
  expect(readFileSync(join(folder, 'journal'), 'utf8')).toBe('in out in out in out ');
});

it('displaces a holder that has died', async () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const path = join(folder, 'lock');
  writeFileSync(path, String(gone));
  expect(
    await withLock(
      path,
      () => undefined,
      async () => 'done',
    ),
  ).toBe('done');
});

it('frees the lock when the work fails', async () => {
  const path = join(folder, 'lock');
  const failing = withLock(
    path,
    () => undefined,
    async () => {
      throw new Error('broken');
    },
  );
  await expect(failing).rejects.toThrow('broken');
  expect(
    await withLock(
      path,
      () => undefined,
      async () => 'done',
    ),
  ).toBe('done');
});

function run(script) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? done() : fail(new Error(`ended with ${code}`))));
  });
}
