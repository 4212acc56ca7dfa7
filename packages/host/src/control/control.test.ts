import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostErrors } from '../errors.ts';
import { callControl, openCall } from './client.ts';
import { JsonLines } from './lines.ts';
import { MAX_CLIENT_LINE_BYTES } from './protocol.ts';
import type { ControlOperations } from './serve-connection.ts';
import { type ControlServer, serveControl } from './server.ts';
import { ensureSocketFolder } from './socket-folder.ts';

let folder: string;
let path: string;
let server: ControlServer | undefined;
const raw: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ft-control-'));
  path = join(folder, 's', 'x.sock');
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  for (const each of raw.splice(0)) each.close();
  await rm(folder, { recursive: true });
});

async function serve(operations: ControlOperations): Promise<void> {
  server = await serveControl(path, { who: 'the test', operations });
}

const call = <R>(op: string, params?: unknown, options = {}) =>
  callControl<R>(path, 'the test', op, params, options);

test('the folder goes with the last socket in it, and comes back with the next', async () => {
  const other = await serveControl(join(folder, 's', 'y.sock'), { who: 'other', operations: {} });
  await serve({ ping: () => 'pong' });
  await other.close();
  expect(await call('ping')).toBe('pong');
  await server?.close();
  expect(existsSync(join(folder, 's'))).toBe(false);
  await serve({ ping: () => 'again' });
  expect(await call('ping')).toBe('again');
});

test('an answer comes back, after the events', async () => {
  await serve({
    add: (one) => {
      one.event('adding');
      const { a, b } = one.params as { a: number; b: number };
      return a + b;
    },
  });
  const events: unknown[] = [];
  expect(await call('add', { a: 1, b: 2 }, { onEvent: (e: unknown) => events.push(e) })).toBe(3);
  expect(events).toEqual(['adding']);
});

test("an operation's error keeps its code, what to do and its parameters", async () => {
  await serve({
    coded: () => {
      throw hostErrors.NOT_INSTALLED({ plugin: 'x' });
    },
    plain: () => {
      throw new Error('boom');
    },
  });
  await expect(call('coded')).rejects.toMatchObject({
    code: 'FT_HOST_NOT_INSTALLED',
    params: { plugin: 'x' },
  });
  await expect(call('plain')).rejects.toThrow('plain failed: boom');
  await expect(call('toString')).rejects.toMatchObject({ code: 'FT_HOST_NO_OPERATION' });
});

test('input is pulled piece by piece, and no more than the operation wants', async () => {
  let given = 0;
  async function* pieces() {
    for (given = 1; ; given += 1) yield given;
  }
  await serve({
    sum: async (one) => {
      let sum = 0;
      for await (const piece of one.input) {
        sum += piece as number;
        if (piece === 3) break;
      }
      return sum;
    },
  });
  expect(await call('sum', {}, { input: pieces() })).toBe(6);
  expect(given).toBe(3);
});

test('an operation sees an interrupt, and a caller that goes away', async () => {
  const seen: string[] = [];
  let gone: () => void = () => undefined;
  const wentAway = new Promise<void>((resolve) => {
    gone = resolve;
  });
  await serve({
    wait: (one) =>
      new Promise((resolve) => {
        one.event('waiting');
        one.onInterrupt((signal) => {
          seen.push(signal);
          if (signal === 'gone') gone();
          else resolve('interrupted');
        });
      }),
  });
  const first = openCall<string>(
    path,
    'the test',
    'wait',
    {},
    { onEvent: () => first.interrupt('SIGINT') },
  );
  expect(await first.answer).toBe('interrupted');
  const second = openCall(path, 'the test', 'wait', {}, { onEvent: () => second.cut() });
  await expect(second.answer).rejects.toMatchObject({ code: 'FT_HOST_CUT' });
  await wentAway;
  expect(seen).toEqual(['SIGINT', 'gone']);
});

test('nobody there is not the same as nobody answering', async () => {
  await expect(call('x')).rejects.toMatchObject({ code: 'FT_HOST_DOWN' });
  await ensureSocketFolder(join(folder, 's'));
  const silent = createServer(() => undefined);
  raw.push(silent);
  await new Promise<void>((resolve) => silent.listen(path, resolve));
  const start = performance.now();
  await expect(call('x', {}, { answerWithinMs: 200 })).rejects.toMatchObject({
    code: 'FT_HOST_NOT_ANSWERING',
  });
  expect(performance.now() - start).toBeLessThan(2_000);
});

test('a long operation is not taken for silence', async () => {
  await serve({ slow: () => new Promise((resolve) => setTimeout(resolve, 2_500, 'done')) });
  expect(await call('slow', {}, { answerWithinMs: 1_500 })).toBe('done');
});

test('a server that goes away in the middle is named', async () => {
  await serve({ hang: () => new Promise(() => undefined) });
  const open = openCall(path, 'the test', 'hang');
  const failed = expect(open.answer).rejects.toMatchObject({ code: 'FT_HOST_CUT' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server?.close();
  await failed;
});

test('a line beyond the limit or no JSON is refused, and the server goes on', async () => {
  await serve({ ok: () => 'ok' });
  for (const bytes of ['{"op":\n', '[]\n', 'x'.repeat(MAX_CLIENT_LINE_BYTES + 1)]) {
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(path, () => socket.write(bytes));
      socket.on('data', (data) => {
        text += data.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
    expect(answer).toContain('FT_HOST_BAD_REQUEST');
  }
  expect(await call('ok')).toBe('ok');
});

test('a socket left behind is replaced', async () => {
  await serve({ ok: () => 1 });
  const left = server;
  await serve({ ok: () => 2 });
  expect(await call('ok')).toBe(2);
  await left?.close();
});

test('a folder that others may enter, or a link, is refused', async () => {
  await ensureSocketFolder(join(folder, 'open'));
  await chmod(join(folder, 'open'), 0o755);
  await expect(ensureSocketFolder(join(folder, 'open'))).rejects.toThrow('its mode is 755');
  await symlink(folder, join(folder, 'link'));
  await expect(ensureSocketFolder(join(folder, 'link'))).rejects.toThrow('it is not a folder');
});

test('lines are put together from pieces, also inside a character', () => {
  const lines = new JsonLines(100);
  const bytes = Buffer.from('{"a":"ü"}\n{"b":1}\n');
  const found: unknown[] = [];
  for (const byte of bytes) found.push(...lines.feed(Buffer.from([byte])));
  expect(found).toEqual([{ a: 'ü' }, { b: 1 }]);
});
