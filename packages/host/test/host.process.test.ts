import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type Changes,
  callHost,
  isRunning,
  processStartTime,
  type RunRecord,
  readLiveRecord,
  readOfflineStatus,
} from '../src/index.ts';
import { type Built, buildEntries } from './support/build.ts';
import { TestHome } from './support/home.ts';

let built: Built;
let home: TestHome;

beforeAll(async () => {
  built = await buildEntries();
});
afterAll(() => built.remove());
beforeEach(async () => {
  home = await TestHome.make(built);
});
afterEach(() => home.remove());

async function live(id: string): Promise<RunRecord> {
  const record = await readLiveRecord(home.paths, id);
  if (!record) throw new Error(`${id} does not run`);
  return record;
}

async function get(path: string): Promise<{ status: number; text: string }> {
  const { metrics } = await home.status();
  const response = await fetch(`${metrics}${path}`);
  return { status: response.status, text: await response.text() };
}

test('plugins start side by side, tell their health, and stop in order', async () => {
  await home.install('one');
  await home.install('two');
  const status = await home.up();
  expect(status.plugins.map(({ id, state }) => [id, state])).toEqual([
    ['one', 'ok'],
    ['two', 'ok'],
  ]);
  const one = await home.until('one', (plugin) => plugin.details !== undefined);
  // Only the base of the environment and what the manifest asks for.
  expect(one.details).toEqual({ step: 1, sees: 'this' });
  expect(one.port).toBeGreaterThan(0);
  expect(one.messages.map((message) => message.text)).toEqual(['counting in steps of 1']);
  const record = await live('one');
  expect(record).toMatchObject({ pid: one.pid, port: one.port, ready: true });
  const result = await callHost<{ stopped: string[] }>(home.paths, 'down');
  expect(result.stopped.sort()).toEqual(['one', 'two']);
  expect(await isRunning(record)).toBe(false);
  expect(await readLiveRecord(home.paths, 'one')).toBeUndefined();
});

test('one home has one host', async () => {
  const { pid } = await home.up();
  expect(await home.upInForeground()).toContain(
    `FT_HOST_RUNNING: a host runs already for ${home.home}, as process ${pid}`,
  );
});

test('crashes lead to quarantine, the other plugin goes on, and restart ends it', async () => {
  await home.install('good');
  await home.install('bad', { limits: { restarts: { count: 3, windowMs: 60_000 } } });
  await home.configure({ plugins: { bad: { config: { onStart: 'crash' } } } });
  await home.up();
  const bad = await home.until('bad', (plugin) => plugin.state === 'quarantined');
  expect(bad).toMatchObject({
    crashes: 3,
    reason: 'FT_HOST_FAILED: plugin bad failed: told to crash',
  });
  expect((await home.plugin('good')).state).toBe('ok');
  const ids = (await home.status()).messages.map((message) => message.id);
  expect(ids.filter((id) => id === 'FTHO020W')).toHaveLength(2);
  expect(ids.filter((id) => id === 'FTHO021E')).toHaveLength(1);
  expect((await get('/metrics')).text).toContain('ftctl_plugin_quarantined{plugin="bad"} 1');
  expect(await get('/readyz')).toMatchObject({ status: 503 });

  await home.configure({ plugins: { bad: {} } });
  await callHost(home.paths, 'restart', { plugin: 'bad' });
  expect(await home.plugin('bad')).toMatchObject({ state: 'ok', crashes: 0 });
  expect(await get('/readyz')).toMatchObject({ status: 200 });
});

test('kill -9 of the host leaves plugins running, and the next host adopts them', async () => {
  await home.install('one');
  const first = await home.up();
  const before = await live('one');
  await home.killHost();
  expect(await isRunning(before)).toBe(true);
  expect((await readOfflineStatus(home.home)).plugins).toMatchObject([
    { id: 'one', pid: before.pid, port: before.port },
  ]);
  const second = await home.up();
  expect(second.pid).not.toBe(first.pid);
  expect(await home.plugin('one')).toMatchObject({ state: 'ok', pid: before.pid, crashes: 0 });
  expect(second.messages.map((message) => message.id)).toContain('FTHO011I');

  // Its end is noticed, though it is no child of this host.
  process.kill(before.pid, 'SIGKILL');
  const after = await home.until('one', ({ state, pid }) => state === 'ok' && pid !== before.pid);
  expect(after.crashes).toBe(1);
});

test('a host that is killed while it starts its plugins leaves each with one process', async () => {
  await home.install('one');
  const first = await home.up({}, 'host');
  const early = first.plugins[0]?.pid;
  await home.killHost();
  await home.up();
  const { pid } = await home.until('one', ({ state }) => state === 'ok');
  if (early !== undefined && early !== pid) {
    expect(await processStartTime(early)).toBeUndefined();
  }
  expect((await live('one')).pid).toBe(pid);
});

test('a process that cannot even begin tells why', async () => {
  await home.install('one', { limits: { memoryMb: 16, restarts: { count: 1, windowMs: 1_000 } } });
  await home.configure({ plugins: { one: { config: { onStart: 'eat' } } } });
  await home.up();
  const { reason } = await home.until('one', ({ state }) => state === 'quarantined', 20_000);
  expect(reason).toContain('heap out of memory');
});

test('what runs with another version or configuration is replaced at the next start', async () => {
  await home.install('same');
  await home.install('changed');
  await home.install('gone');
  await home.up();
  const [same, changed, gone] = await Promise.all([live('same'), live('changed'), live('gone')]);
  await home.killHost();
  await home.configure({ plugins: { changed: { config: { step: 2 } } } });
  await home.uninstall('gone');
  await home.up();
  expect((await live('same')).pid).toBe(same.pid);
  expect((await live('changed')).pid).not.toBe(changed.pid);
  expect(await isRunning(changed)).toBe(false);
  expect(await isRunning(gone)).toBe(false);
  expect((await home.status()).plugins.map((plugin) => plugin.id)).toEqual(['changed', 'same']);

  await home.killHost();
  home.version = '2.0.0';
  await home.up();
  expect(await live('same')).toMatchObject({ runner: '2.0.0' });
  expect(await isRunning(same)).toBe(false);
});

test('a plugin that runs is not ended by a mistake that was made while no host ran', async () => {
  await home.install('one');
  await home.up();
  const before = await live('one');
  await home.killHost();
  await home.configure({ plugins: { one: { config: { step: 'none' } } } });
  const { messages } = await home.up();
  expect(messages.map((message) => message.id)).toContain('FTHO026W');
  expect(await home.plugin('one')).toMatchObject({ state: 'ok', pid: before.pid });
  await home.configure({ plugins: { one: { config: { step: 3 } } } });
  await callHost(home.paths, 'reload');
  const after = await home.until('one', ({ details }) => details?.step === 3);
  expect(after).toMatchObject({ state: 'ok', crashes: 0 });
  expect(await isRunning(before)).toBe(false);
});

test('reload checks everything first, then touches only what changed', async () => {
  await home.install('one');
  await home.install('two');
  await home.install('three');
  await home.up();
  const [one, two] = await Promise.all([live('one'), live('two')]);

  await writeFile(
    home.paths.config,
    'host: test\nplugins:\n  one: {enabled: false}\n  two:\n    config:\n      step: none\n',
  );
  await expect(callHost(home.paths, 'reload')).rejects.toMatchObject({
    code: 'FT_HOST_CONFIG',
    message: `${home.paths.config}:6: plugins.two.config.step: must be integer`,
  });
  expect((await live('one')).pid).toBe(one.pid);

  await home.install('four');
  await home.uninstall('three');
  await home.configure({ plugins: { two: { config: { step: 5 } } } });
  const changes = await callHost<Changes>(home.paths, 'reload');
  expect(changes).toEqual({ started: ['four'], restarted: ['two'], stopped: ['three'] });
  expect((await live('one')).pid).toBe(one.pid);
  expect((await live('two')).pid).not.toBe(two.pid);
  expect((await home.status()).plugins.map(({ id, state }) => [id, state])).toEqual([
    ['four', 'ok'],
    ['one', 'ok'],
    ['two', 'ok'],
  ]);

  await home.configure({ plugins: { two: { config: { step: 5 } }, one: { enabled: false } } });
  expect(await callHost<Changes>(home.paths, 'reload')).toEqual({
    started: [],
    restarted: [],
    stopped: ['one'],
  });
  expect(await home.plugin('one')).toMatchObject({ state: 'disabled' });
});

test('at start a plugin that is not right is told, and keeps no other from running', async () => {
  await home.install('good');
  await home.install('typo');
  await home.install('lonely', { requires: [{ capability: 'plan.source@1' }] });
  await home.configure({ plugins: { typo: { config: { stpe: 1 } }, absent: {} } });
  const { plugins } = await home.up();
  expect(plugins.map(({ id, state, reason }) => [id, state, reason])).toEqual([
    ['absent', 'failed', 'FT_HOST_NOT_INSTALLED: plugin absent is not installed'],
    ['good', 'ok', undefined],
    [
      'lonely',
      'failed',
      'FT_HOST_CAPABILITY: plugin lonely needs plan.source@1, which no enabled plugin provides',
    ],
    [
      'typo',
      'failed',
      `FT_HOST_CONFIG: ${home.paths.config}:5: plugins.typo.config: unknown key stpe`,
    ],
  ]);
});

test('a host whose start fails in the middle ends, and its plugins are there for the next one', async () => {
  await home.install('one');
  await home.up();
  const before = await live('one');
  await home.killHost();
  // A folder in the place of the socket, which cannot be replaced.
  await rm(home.paths.socket('host'), { force: true });
  await mkdir(home.paths.socket('host'));
  await expect(home.up()).rejects.toMatchObject({ code: 'FT_HOST_FAILED' });
  expect(await readLiveRecord(home.paths, 'host')).toBeUndefined();
  expect(await isRunning(before)).toBe(true);
  await rmdir(home.paths.socket('host'));
  await home.up();
  expect(await home.plugin('one')).toMatchObject({ state: 'ok', pid: before.pid });
});

test('a mistake in ftctl.yaml keeps the host from starting, with one clear error', async () => {
  await home.configure({ metrics: { port: 'x' } });
  await expect(home.up()).rejects.toMatchObject({
    code: 'FT_HOST_CONFIG',
    message: `${home.paths.config}:3: metrics.port: must be integer`,
  });
});

test('a stopped plugin process is noticed, killed and replaced', async () => {
  await home.install('one');
  await home.up();
  const before = await live('one');
  process.kill(before.pid, 'SIGSTOP');
  const after = await home.until('one', ({ state, pid }) => state === 'ok' && pid !== before.pid);
  expect(after.crashes).toBe(1);
  expect(await isRunning(before)).toBe(false);
  expect((await home.status()).messages.map((message) => message.id)).toContain('FTHO022W');
});

test('a host that was paused itself blames no plugin', async () => {
  await home.install('one');
  const { pid } = await home.up();
  const before = await live('one');
  process.kill(pid, 'SIGSTOP');
  process.kill(before.pid, 'SIGSTOP');
  const start = performance.now();
  await expect(home.status()).rejects.toMatchObject({ code: 'FT_HOST_NOT_ANSWERING' });
  expect(performance.now() - start).toBeLessThan(4_000);
  process.kill(before.pid, 'SIGCONT');
  process.kill(pid, 'SIGCONT');
  await home.until('one', ({ state }) => state === 'ok');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await home.plugin('one')).toMatchObject({ state: 'ok', pid: before.pid, crashes: 0 });
});

test('a plugin that does not stop in time is killed, one that does not start in time too', async () => {
  await home.install('slow-stop', { limits: { drainMs: 300 } });
  await home.install('slow-start', {
    limits: { startMs: 300, restarts: { count: 1, windowMs: 60_000 } },
  });
  await home.configure({
    plugins: {
      'slow-stop': { config: { onStop: 'hang' } },
      'slow-start': { config: { onStart: 'hang' } },
    },
  });
  await home.up();
  const slowStart = await home.until('slow-start', ({ state }) => state === 'quarantined');
  expect(slowStart.reason).toBe(
    'FT_HOST_START_FAILED: plugin slow-start did not start: not ready in 300 ms',
  );
  const record = await live('slow-stop');
  await callHost(home.paths, 'down');
  expect(await isRunning(record)).toBe(false);
});

test('metrics of host and plugins are on one page, also while a plugin is stopped', async () => {
  await home.install('one');
  await home.install('two');
  await home.up({ healthEveryMs: 60_000 });
  const { text } = await get('/metrics');
  expect(text).toContain('ftctl_plugin_up{plugin="one"} 1');
  expect(text).toContain('ftctl_counter_added_total{plugin="two"} 0');
  expect(text).toContain('ftctl_host_info{host="test",version="1.0.0"} 1');
  expect(text).toMatch(/ftctl_process_resident_memory_bytes\{plugin="two"\} \d+/);
  expect(text.match(/# TYPE ftctl_counter_added_total counter/g)).toHaveLength(1);
  expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  expect(await get('/else')).toMatchObject({ status: 404 });

  process.kill((await live('two')).pid, 'SIGSTOP');
  const later = await get('/metrics');
  expect(later.text).toContain('ftctl_plugin_up{plugin="one"} 1');
  expect(later.text).toContain('ftctl_plugin_up{plugin="two"} 0');
  expect(later.text).not.toContain('ftctl_counter_added_total{plugin="two"}');
});
