import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { text } from '@ftctl/sdk';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { checkStore, openStore } from '../src/index.ts';
import { buildStore } from './children.ts';
import { makeHome } from './lmdb-harness.ts';

const STOPPED_MS = 2_000;
/** What another plugin may wait at most: a machine that is busy with tests takes its time, too. */
const LONGEST_STALL_MS = 500;

beforeAll(() => buildStore());

it('a plugin stopped inside a commit is noticed by no other plugin', async () => {
  const home = makeHome();
  onTestFinished(() => home.remove());
  const script = join(import.meta.dirname, 'children/stopping.mjs');
  const child = fork(script, [home.store('publisher'), home.sockets], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child, 'message');

  const neighbour = await openStore({
    path: home.store('neighbour'),
    plugin: 'neighbour',
    sockets: home.sockets,
  });
  onTestFinished(() => neighbour.close());
  const log = neighbour.log('own', { codec: text, limitBytes: 1_000_000, overflow: 'overwrite' });
  const topic = await neighbour.topic('publisher', 'events', text);
  const stopped = once(child, 'message');
  child.send('stop');
  await stopped;
  await expect.poll(() => isStopped(child.pid)).toBe(true);

  const until = performance.now() + STOPPED_MS;
  const longest = { commit: 0, read: 0, turn: 0 };
  let rounds = 0;
  while (performance.now() < until) {
    const start = performance.now();
    await neighbour.commit((tx) => tx.append(log, 'x'.repeat(200)));
    const committed = performance.now();
    expect(topic.read(0)).toHaveLength(100);
    const read = performance.now();
    await setImmediate();
    longest.commit = Math.max(longest.commit, committed - start);
    longest.read = Math.max(longest.read, read - committed);
    longest.turn = Math.max(longest.turn, performance.now() - read);
    rounds += 1;
  }
  // What an operator does meanwhile does not hang either.
  const checked = performance.now();
  expect(await checkStore({ path: home.store('publisher') })).toMatchObject({
    damaged: 0,
    records: 100,
    pid: child.pid,
  });
  const check = performance.now() - checked;
  const shown = Object.entries({ ...longest, check }).map(
    ([name, ms]) => `${name} ${ms.toFixed(1)} ms`,
  );
  process.stdout.write(`longest beside a stopped plugin, of ${rounds}: ${shown.join(', ')}\n`);
  expect(Math.max(longest.commit, longest.read, longest.turn, check)).toBeLessThan(
    LONGEST_STALL_MS,
  );
  expect(isStopped(child.pid)).toBe(true);
});

function isStopped(pid: number | undefined): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}
