import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { STREAM_WINDOW_BYTES } from '../src/core/limits.ts';
import { buildScript } from './support/build.ts';
import { Target } from './support/target.ts';

const MIB = 1024 * 1024;
const LOG_LIMIT_BYTES = 24 * MIB;
/** What a stalled peer may cost its sender in memory. */
const MEMORY_LIMIT_BYTES = 16 * MIB;
const FULL_WITHIN_MS = 30_000;
const STALLED_FOR_MS = 4_000;

let built: { script: string; folder: string };
let folder: string;
let target: Target | undefined;
/** Memory under the same load where nothing can be shipped at all. */
let withoutBytes: number;
let server: WebSocketServer | undefined;

beforeAll(async () => {
  built = await buildScript('target-process');
  const elsewhere = await mkdtemp(join(tmpdir(), 'ftctl-link-'));
  const idle = await Target.start(built.script, elsewhere, {
    limitBytes: LOG_LIMIT_BYTES,
    farPort: 1,
  });
  withoutBytes = (await fullAndQuiet(idle)).residentBytes;
  await idle.kill();
  await rm(elsewhere, { recursive: true });
}, FULL_WITHIN_MS);

afterAll(() => rm(built.folder, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftctl-link-'));
});

afterEach(async () => {
  await target?.kill();
  for (const client of server?.clients ?? []) client.terminate();
  server?.close();
  await rm(folder, { recursive: true });
});

type Reaction = (ws: WebSocket, frame: { readonly type: string; readonly number?: number }) => void;

const say = (ws: WebSocket, frame: unknown) => ws.send(JSON.stringify(frame));

/** Welcomes, takes streams, answers pings, and never acknowledges a batch. */
const neverAcknowledges: Reaction = (ws, { type, number }) => {
  if (type === 'hello') say(ws, { type: 'welcome', version: 1, incarnation: 'e'.repeat(32) });
  if (type === 'ping') say(ws, { type: 'pong', number });
  if (type === 'open') {
    say(ws, { type: 'accepted', stream: number ?? 1, windowBytes: STREAM_WINDOW_BYTES });
  }
};

async function peerThat(react: Reaction): Promise<number> {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 64 * MIB });
  server.on('connection', (ws) => {
    ws.on('message', (data, isBinary) => {
      if (isBinary) return;
      const { type, number, stream } = JSON.parse(String(data));
      react(ws, { type, number: number ?? stream });
    });
  });
  await new Promise((resolve) => server?.on('listening', resolve));
  return (server.address() as { port: number }).port;
}

describe('a peer', () => {
  test.each<[string, Reaction]>([
    ['that takes everything and acknowledges nothing', neverAcknowledges],
    [
      'that stops reading',
      (ws, frame) => {
        neverAcknowledges(ws, frame);
        if (frame.type === 'open') ws.pause();
      },
    ],
  ])(
    '%s costs its sender its log on disk and no more than 16 MB in memory',
    async (what, react) => {
      const farPort = await peerThat(react);
      target = await Target.start(built.script, folder, { limitBytes: LOG_LIMIT_BYTES, farPort });
      const stalled = await fullAndQuiet(target);
      const costBytes = stalled.residentBytes - withoutBytes;
      console.log(
        `a peer ${what}: ${(costBytes / MIB).toFixed(1)} MiB of memory, ` +
          `${(stalled.logBytes / MIB).toFixed(1)} MiB on disk`,
      );
      expect(costBytes).toBeLessThan(MEMORY_LIMIT_BYTES);
      expect(stalled.logBytes).toBeLessThanOrEqual(LOG_LIMIT_BYTES);
    },
    2 * (FULL_WITHIN_MS + STALLED_FOR_MS),
  );
});

/** Waits until the log refuses, then so long that silence would have been noticed. */
async function fullAndQuiet(host: Target) {
  const deadlineMs = performance.now() + FULL_WITHIN_MS;
  while ((await host.measure()).refusedAppends === 0) {
    if (performance.now() > deadlineMs) throw new Error('the log did not fill up');
    await pause(100);
  }
  await pause(STALLED_FOR_MS);
  return host.measure();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
