import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from '@ftctl/sdk';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { buildStore } from './children.ts';
import { LmdbHarness } from './lmdb-harness.ts';

const READERS = 4;
const RECORDS = 60;
const APPENDERS = 3;

beforeAll(() => buildStore());

it('commits of callers and reports of readers in other processes share flushes', async () => {
  const harness = new LmdbHarness();
  onTestFinished(() => harness.dispose());
  const { store } = await harness.open({ plugin: 'publisher' });
  const log = store.log('events', {
    codec: text,
    limitBytes: 1_000_000,
    overflow: 'refuse',
    topic: true,
  });
  await store.commit((tx) => tx.append(log, 'the first'));
  const readers = Array.from({ length: READERS }, (_, index) => {
    const plugin = `reader${index}`;
    const script = join(import.meta.dirname, 'children/reporter.mjs');
    const args = [harness.home.store(plugin), harness.home.sockets, plugin, String(RECORDS)];
    const child = fork(script, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child;
  });
  await Promise.all(readers.map((child) => once(child, 'message')));
  const env = harness.envs.get('publisher');
  if (env === undefined) throw new Error('no environment was opened');
  // As a disk flushes: while it does, others come, and share the next one.
  env.delayMs = 5;
  const before = env.writes;
  let appended = 1;
  const append = async () => {
    while (appended < RECORDS) {
      appended += 1;
      await store.commit((tx) => tx.append(log, 'another'));
    }
  };
  for (const child of readers) child.send('go');
  const [counts] = await Promise.all([
    Promise.all(readers.map((child) => once(child, 'message'))),
    ...Array.from({ length: APPENDERS }, append),
  ]);
  const reports = counts.reduce((sum, [message]) => sum + message.reports, 0);
  expect(reports).toBe(READERS * RECORDS);
  const changes = reports + RECORDS - 1;
  const flushes = env.writes - before;
  process.stdout.write(`${changes} commits and reports took ${flushes} flushes\n`);
  expect(flushes).toBeLessThan(changes / 2);
  expect(log.cursors()).toEqual(
    Object.fromEntries(readers.map((_, index) => [`topic:reader${index}`, RECORDS])),
  );
});
