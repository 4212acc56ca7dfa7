import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from '@ftctl/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildScript } from './support/build.ts';
import { RawSocket, UPGRADE } from './support/raw-peer.ts';
import { SoloHost } from './support/solo-host.ts';
import { Target } from './support/target.ts';

const MIB = 1024 * 1024;
const CONNECTIONS = 10_000;
/** Open at the same time, as far as the host lets them. */
const AT_ONCE = 1_000;
/** What each of them says: nothing, half a request, garbage, or an upgrade and then nothing. */
const OPENINGS = ['', 'GET /ftctl', '\u0000\u0001nonsense\r\n\r\n', `${UPGRADE}\r\n\r\n`];

let built: { script: string; folder: string };
let folder: string;
let target: Target;

beforeAll(async () => {
  built = await buildScript('target-process');
});

afterAll(() => rm(built.folder, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftctl-link-'));
});

afterEach(async () => {
  await target.kill();
  await rm(folder, { recursive: true });
});

describe('a host', () => {
  test('under 10,000 connections of strangers keeps its memory, and its peers do not notice', async () => {
    target = await Target.start(built.script, folder, { limitBytes: MIB });
    const directory = { b: { subject: `127.0.0.1:${target.port}` } };
    const honest = await SoloHost.open({ name: 'a', directory });
    const echo = { name: 'echo', question: text, answer: text };
    const ask = () => honest.link.request(echo, { host: 'b' }, 'well?');
    await ask();
    const before = await target.measure();
    let opened = 0;
    const attacker = async () => {
      for (; opened < CONNECTIONS; ) {
        opened += 1;
        await knock(target.port, opened).closed;
      }
    };
    const attack = Promise.all(Array.from({ length: AT_ONCE }, attacker));
    let over = false;
    void attack.then(() => (over = true));
    let slowestMs = 0;
    while (!over) {
      const askedMs = performance.now();
      expect(await ask()).toBe('well?');
      slowestMs = Math.max(slowestMs, performance.now() - askedMs);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await attack;
    const after = await target.measure();
    const grownMb = (after.residentBytes - before.residentBytes) / MIB;
    console.log(
      `${CONNECTIONS} connections: memory grew by ${grownMb.toFixed(1)} MiB, ` +
        `the slowest answer to a peer took ${Math.round(slowestMs)} ms`,
    );
    expect(grownMb).toBeLessThan(64);
    // Offences are summed up in few lines, however many there are.
    expect(after.logLines).toBeLessThan(200);
    expect(honest.link.peers()).toMatchObject([{ host: 'b', up: true }]);
    expect(honest.log.lines.filter((line) => line.includes('no link'))).toEqual([]);
    await honest.close();
  }, 120_000);
});

/** Connects, says its piece, and waits to be thrown out. */
function knock(port: number, n: number): RawSocket {
  const socket = new RawSocket(port);
  const opening = OPENINGS[n % OPENINGS.length] ?? '';
  if (opening !== '') socket.write(opening);
  return socket;
}
