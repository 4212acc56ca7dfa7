import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from '@ftctl/sdk';
import { openStore } from '@ftctl/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildScript } from './support/build.ts';
import type { ProcessOptions, Said } from './support/stream-process.ts';

let built: { script: string; folder: string };
let folder: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  built = await buildScript('stream-process');
});

afterAll(() => rm(built.folder, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftctl-link-'));
});

afterEach(async () => {
  for (const child of children) await kill(child);
  await rm(folder, { recursive: true });
});

type StartOptions = Pick<ProcessOptions, 'name' | 'port' | 'peerPort' | 'recordBytes'>;

async function start(options: StartOptions): Promise<{ child: ChildProcess; port: number }> {
  const told = JSON.stringify({ ...options, folder: join(folder, options.name) });
  const child = fork(built.script, [told], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.add(child);
  const ready = await hear(child, 'ready');
  return { child, port: ready.port };
}

/** Waits for a message of this kind; a process that ends instead is a failure. */
function hear<Kind extends Said['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Said & { kind: Kind }> {
  return new Promise((resolve, reject) => {
    child.on('message', (said: Said) => {
      if (said.kind === kind) resolve(said as Said & { kind: Kind });
    });
    child.once('exit', (code) => reject(new Error(`a host ended with ${code}`)));
  });
}

function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function historyOfB(): Promise<number[]> {
  const store = await openStore({
    path: join(folder, 'b'),
    plugin: 'subject',
    sockets: join(folder, 's'),
  });
  const limitBytes = 512 * 1024 * 1024;
  const log = store.log('in', { codec: text, limitBytes, overflow: 'refuse' });
  const numbers = log.read(0, { maxRecords: 10_000_000, maxBytes: limitBytes });
  await store.close();
  return numbers.map(({ value }) => Number(value));
}

describe('two host processes', () => {
  test('killed in mid-stream again and again, apply each record exactly once', async () => {
    const recordBytes = 500;
    let b = await start({ name: 'b', port: 0, peerPort: 1, recordBytes });
    const { port } = b;
    let a = await start({ name: 'a', port: 0, peerPort: port, recordBytes });
    for (let round = 0; round < 10; round += 1) {
      await pause(100 + Math.floor(Math.random() * 250));
      if (round % 2 === 0) {
        await kill(b.child);
        b = await start({ name: 'b', port, peerPort: 1, recordBytes });
      } else {
        await kill(a.child);
        a = await start({ name: 'a', port: 0, peerPort: port, recordBytes });
      }
    }
    const drained = hear(a.child, 'drained');
    a.child.send('drain');
    const { last } = await drained;
    await kill(b.child);
    const history = await historyOfB();
    expect(last).toBeGreaterThan(1_000);
    expect(history.length).toBe(last);
    expect(history.findIndex((value, index) => value !== index + 1)).toBe(-1);
  });

  test('at full speed of a stream beats still come in their interval', async () => {
    const recordBytes = 200;
    const b = await start({ name: 'b', port: 0, peerPort: 1, recordBytes });
    await start({ name: 'a', port: 0, peerPort: b.port, recordBytes });
    await pause(4_000);
    const beats = hear(b.child, 'beats');
    b.child.send('beats');
    const { gapsMs } = await beats;
    // Every 100 ms; the bound leaves room for a machine that does other things.
    expect(gapsMs.length).toBeGreaterThan(20);
    expect(gapsMs[0]).toBeLessThan(500);
    expect(gapsMs[Math.floor(gapsMs.length / 2)]).toBeLessThan(150);
  });
});
