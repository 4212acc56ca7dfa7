import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FolderLogs, logFile } from './job-logs.ts';
import { MAX_LOG_PIECE_BYTES } from './job-runner.ts';

const job = 'A#S.1.J';
const DAY_S = 86_400;

function makeLogs(sizes: readonly number[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'ftctl-job-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // Attempt n was changed on day n of 1970.
  for (const [index, size] of sizes.entries()) {
    const file = logFile(folder, { job, attempt: index + 1 });
    writeFileSync(file, Buffer.alloc(size, 'x'));
    utimesSync(file, (index + 1) * DAY_S, (index + 1) * DAY_S);
  }
  return { folder, logs: new FolderLogs(folder) };
}

it('reads the end, a piece, and what has been added since', async () => {
  const { folder, logs } = makeLogs();
  const id = { job, attempt: 1 };
  writeFileSync(logFile(folder, id), '0123456789');
  const read = async (range?: Parameters<typeof logs.read>[1]) => {
    const { bytes, fromByte, sizeBytes } = await logs.read(id, range);
    return [Buffer.from(bytes).toString(), fromByte, sizeBytes];
  };
  expect(await read()).toEqual(['0123456789', 0, 10]);
  expect(await read({ lastBytes: 3 })).toEqual(['789', 7, 10]);
  expect(await read({ fromByte: 2, maxBytes: 3 })).toEqual(['234', 2, 10]);
  expect(await read({ fromByte: 10 })).toEqual(['', 10, 10]);
  writeFileSync(logFile(folder, id), 'ab', { flag: 'a' });
  expect(await read({ fromByte: 10 })).toEqual(['ab', 10, 12]);
  expect(await read({ fromByte: -5, maxBytes: -1 })).toEqual(['', 0, 12]);
});

it('never reads more at once than the limit', async () => {
  const { logs } = makeLogs([MAX_LOG_PIECE_BYTES + 10]);
  for (const range of [undefined, { lastBytes: 1e12 }, { fromByte: 0, maxBytes: 1e12 }]) {
    const { bytes } = await logs.read({ job, attempt: 1 }, range);
    expect(bytes.length).toBe(MAX_LOG_PIECE_BYTES);
  }
});

it('says that there is no log, and lists none, where none is kept', async () => {
  const logs = new FolderLogs('/nowhere/at/all');
  await expect(logs.read({ job, attempt: 1 })).rejects.toMatchObject({ code: 'FT_JOB_NO_LOG' });
  expect(await logs.attempts(job)).toEqual([]);
});

it('removes what is too old, then the oldest until the rest is small enough', async () => {
  const { folder, logs } = makeLogs([10, 10, 10, 10, 10]);
  mkdirSync(join(folder, 'not-a-log'));
  const nowMs = 6.5 * DAY_S * 1000;
  const keep = { maxAgeDays: 5, maxTotalBytes: 1_000, running: [] };
  expect(await logs.prune(keep, nowMs)).toEqual({ logs: 1, bytes: 10 });
  expect(await logs.attempts(job)).toEqual([2, 3, 4, 5]);
  const running = [{ job, attempt: 2 }];
  const less = { maxAgeDays: 5, maxTotalBytes: 20, running };
  expect(await logs.prune(less, nowMs)).toEqual({ logs: 2, bytes: 20 });
  expect(await logs.attempts(job)).toEqual([2, 5]);
});
