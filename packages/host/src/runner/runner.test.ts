import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Logger } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { mergeFamilies, toPrometheusText } from '../core/prometheus.ts';
import { systemClock } from './clock.ts';
import { pluginEnvironment } from './environment.ts';
import { checkHandlers } from './load-plugin.ts';
import { createMessageSink } from './message-sink.ts';
import { createMetrics } from './metrics.ts';
import { allowedProcesses } from './processes.ts';
import { systemRandom } from './random.ts';

test("a plugin's metrics come with prefix, labels and buckets", async () => {
  const { metrics, collect } = createMetrics();
  const seen = metrics.counter({ name: 'seen_total', help: 'Seen.', labels: ['kind'] });
  seen.add(2, { kind: 'a' });
  seen.add(undefined, { kind: 'a' });
  metrics.gauge({ name: 'lag_seconds', help: 'Lag.' }).set(1.5);
  metrics.histogram({ name: 'took_seconds', help: 'Took.', buckets: [1, 5] }).observe(3);
  const text = toPrometheusText(mergeFamilies(await collect()));
  for (const line of [
    'ftctl_seen_total{kind="a"} 3',
    'ftctl_lag_seconds 1.5',
    'ftctl_took_seconds_bucket{le="1"} 0',
    'ftctl_took_seconds_bucket{le="5"} 1',
    'ftctl_took_seconds_bucket{le="+Inf"} 1',
    'ftctl_took_seconds_sum 3',
    'ftctl_took_seconds_count 1',
    '# TYPE ftctl_process_resident_memory_bytes gauge',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

test('only the programs in the manifest are started, without a shell', async () => {
  const processes = allowedProcesses('p', ['cat', 'pwd']);
  await expect(processes.start('sh', ['-c', 'true'])).rejects.toMatchObject({
    code: 'FT_HOST_PROCESS_NOT_ALLOWED',
  });
  await expect(
    allowedProcesses('p', ['no-such-program']).start('no-such-program', []),
  ).rejects.toMatchObject({ code: 'FT_HOST_PROCESS_FAILED' });
  const child = await processes.start('cat', ['-']);
  let output = '';
  child.onOutput((bytes) => {
    output += Buffer.from(bytes).toString();
  });
  expect(await child.write(new TextEncoder().encode('$HOME; x'))).toBe(true);
  child.closeInput();
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(output).toBe('$HOME; x');
  expect(await child.write(new Uint8Array(1))).toBe(false);
});

test('a child can be told where to run, and be ended', async () => {
  const processes = allowedProcesses('p', ['pwd', 'sleep']);
  const child = await processes.start('pwd', [], { cwd: tmpdir() });
  let output = '';
  child.onOutput((bytes) => {
    output += Buffer.from(bytes).toString();
  });
  await child.exited;
  expect(output.trim()).toBe(await realpath(tmpdir()));
  const sleeper = await processes.start('sleep', ['60']);
  sleeper.kill();
  expect(await sleeper.exited).toEqual({ code: null, signal: 'SIGTERM' });
});

test('a plugin sees the base of the environment and what it asked for', () => {
  const environment = { PATH: '/bin', LC_ALL: 'C', TOKEN: 't', SECRET: 's', NODE_OPTIONS: '--x' };
  expect(pluginEnvironment({ permissions: { environment: ['TOKEN'] } }, environment)).toEqual({
    PATH: '/bin',
    LC_ALL: 'C',
    TOKEN: 't',
  });
});

test('handlers and manifest must agree', () => {
  const manifest = {
    manifestVersion: 1,
    id: 'p',
    api: '*',
    entry: 'x',
    commands: { namespace: 'p', list: [{ name: 'a', summary: 'A', runs: 'plugin' }] },
  } as const;
  checkHandlers(manifest, 'plugin', { a: () => ({ data: 1 }) });
  checkHandlers(manifest, 'cli', undefined);
  expect(() => checkHandlers(manifest, 'plugin', undefined)).toThrow('declares a (runs: plugin)');
  expect(() => checkHandlers(manifest, 'cli', { b: 1 })).toThrow('cli has b');
});

test('messages go to the log by severity, and the last ones are kept', () => {
  const lines: string[] = [];
  const to = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
  const log: Logger = {
    debug: to('debug'),
    info: to('info'),
    warn: to('warn'),
    error: to('error'),
    child: () => log,
  };
  const sink = createMessageSink(log);
  for (const severity of ['I', 'W', 'E'] as const) {
    sink.emit({ id: `FTXX001${severity}`, severity, text: severity, params: {} });
  }
  expect(lines).toEqual(['info I', 'warn W', 'error E']);
  for (let n = 0; n < 20; n += 1) {
    sink.emit({ id: 'FTXX001I', severity: 'I', text: `n ${n}`, params: {} });
  }
  expect(sink.recent()).toHaveLength(10);
  expect(sink.recent().at(-1)?.text).toBe('n 19');
});

test('chance and time are real', async () => {
  const floats = Array.from({ length: 200 }, () => systemRandom.float());
  expect(floats.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(new Set(floats).size).toBe(200);
  expect(systemRandom.id()).toMatch(/^[0-9a-f]{32}$/);
  expect(systemRandom.bytes(5)).toHaveLength(5);
  expect(systemRandom.int(1)).toBe(0);
  const start = systemClock.monotonic();
  await new Promise<void>((resolve) => {
    const never = systemClock.setTimer(5, () => expect.unreachable());
    never.cancel();
    // Longer than the system's timers hold: it must not fire at once.
    const far = systemClock.setTimer(2 ** 40, () => expect.unreachable());
    systemClock.setTimer(20, () => {
      far.cancel();
      resolve();
    });
  });
  expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(19);
});
