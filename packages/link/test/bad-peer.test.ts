import { type Shipment, text } from '@ftctl/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { SoloHost, until } from './support/solo-host.ts';

const facts = { name: 'facts', codec: text };
const WELCOME = { type: 'welcome', version: 1, incarnation: 'e'.repeat(32) };
const ACCEPTED = { type: 'accepted', stream: 1, windowBytes: 1_000 };

let server: WebSocketServer | undefined;
let a: SoloHost | undefined;

afterEach(async () => {
  await a?.close();
  for (const client of server?.clients ?? []) client.terminate();
  server?.close();
});

/** A host that dials a peer which answers each frame as `react` says. */
async function shipTo(
  react: (ws: WebSocket, type: string) => void,
): Promise<{ host: SoloHost; shipment: Shipment }> {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (ws) => {
    ws.on('message', (data, isBinary) => {
      react(ws, isBinary ? 'bulk' : JSON.parse(String(data)).type);
    });
  });
  await new Promise((resolve) => server?.on('listening', resolve));
  const { port } = server.address() as { port: number };
  const directory = { b: { subject: `127.0.0.1:${port}` } };
  a = await SoloHost.open({ name: 'a', directory, timing: { handshakeLimitMs: 500 } });
  const log = a.store.log('out', { codec: text, limitBytes: 1_000_000, overflow: 'refuse' });
  await a.store.commit((tx) => tx.append(log, 'record'));
  return { host: a, shipment: a.link.ship(facts, log, { host: 'b' }, 'to-b') };
}

const say = (ws: WebSocket, frame: unknown) => ws.send(JSON.stringify(frame));

describe('a dialer whose peer', () => {
  test.each<[string, (ws: WebSocket, type: string) => void, RegExp]>([
    ['answers nonsense', (ws) => ws.send('nonsense'), /not JSON/],
    [
      'welcomes with a version nobody speaks',
      (ws) => say(ws, { ...WELCOME, version: 9 }),
      /version 9/,
    ],
    ['talks before its welcome', (ws) => say(ws, ACCEPTED), /accepted before its welcome/],
    [
      'asks questions of its own',
      (ws, type) => {
        if (type === 'hello') say(ws, WELCOME);
        if (type === 'open') ws.send(Uint8Array.of(2, 1, 1, 97));
      },
      /answered with request/,
    ],
    [
      'acknowledges what was never sent',
      (ws, type) => {
        if (type === 'hello') say(ws, WELCOME);
        if (type === 'open') say(ws, ACCEPTED);
        if (type === 'bulk') say(ws, { type: 'ack', stream: 1, upTo: 99 });
      },
      /acknowledged record 99, sent were 1/,
    ],
  ])('%s cuts it off, writes it down and tries again', async (_, react, why) => {
    let hellos = 0;
    const { host } = await shipTo((ws, type) => {
      if (type === 'hello') hellos += 1;
      react(ws, type);
    });
    await until('cut off', () => host.offences().length > 0);
    expect(host.offences()[0]).toMatch(why);
    await until('another try', () => hellos > 2);
  });

  test('says nothing gives up at the time limit and tries again', async () => {
    let hellos = 0;
    const { host } = await shipTo(() => {
      hellos += 1;
    });
    await until('another try', () => hellos > 2);
    expect(host.link.peers()[0]?.reason).toMatch(/no welcome within 500 ms/);
  });

  test('is ahead of the log keeps its link, and the shipment says why it waits', async () => {
    const { host, shipment } = await shipTo((ws, type) => {
      if (type === 'hello') say(ws, WELCOME);
      if (type === 'open') say(ws, { ...ACCEPTED, position: 7 });
    });
    await until('refused', () => shipment.status().refused !== undefined);
    expect(shipment.status().refused).toBe('the peer has records up to 7, this log ends at 1');
    expect(shipment.status().up).toBe(true);
    expect(host.offences()).toEqual([]);
  });
});
