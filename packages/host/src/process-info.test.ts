import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import {
  isRunning,
  ownIdentity,
  processStartTime,
  signalProcess,
  waitUntilGone,
} from './process-info.ts';

test('a process is known by pid and start time; a stopped one runs, a dead one does not', async () => {
  const own = await ownIdentity();
  expect(await isRunning(own)).toBe(true);
  expect(await isRunning({ ...own, startTime: '1' })).toBe(false);

  const child = spawn('sleep', ['60']);
  const pid = child.pid as number;
  const identity = { pid, startTime: (await processStartTime(pid)) ?? 'none' };
  expect(await signalProcess({ ...identity, startTime: '1' }, 'SIGKILL')).toBe(false);
  expect(await signalProcess(identity, 'SIGSTOP')).toBe(true);
  expect(await isRunning(identity)).toBe(true);
  expect(await waitUntilGone(identity, 50)).toBe(false);
  await signalProcess(identity, 'SIGKILL');
  expect(await waitUntilGone(identity, 5_000)).toBe(true);
  expect(await processStartTime(pid)).toBeUndefined();
});
