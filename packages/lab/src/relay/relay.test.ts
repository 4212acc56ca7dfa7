import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Relay } from './relay.ts';

/** Long enough for a byte to pass loopback, short enough for a test. */
const QUIET_MS = 120;

/** A host in small: answers every byte it gets with the same byte, and remembers what it got. */
class Echo {
  readonly sockets: Socket[] = [];
  readonly got: Buffer[] = [];
  readonly ends: string[] = [];
  private readonly server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    this.sockets.push(socket);
    socket.on('data', (bytes) => {
      this.got.push(bytes);
      socket.write(bytes);
    });
    socket.on('end', () => {
      this.ends.push('end');
      socket.end();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.ends.push(error.code ?? 'error'));
  });

  get text(): string {
    return Buffer.concat(this.got).toString();
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', () => {
        resolve((this.server.address() as { port: number }).port);
      });
    });
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }
}

interface Caller {
  readonly socket: Socket;
  text: string;
  /** `end`, or the error's code; undefined while open. */
  over?: string;
}

function call(port: number): Promise<Caller> {
  const socket = connect({ port, host: '127.0.0.1' });
  const caller: Caller = { socket, text: '' };
  socket.on('data', (bytes) => {
    caller.text += bytes.toString();
  });
  socket.on('end', () => {
    caller.over = 'end';
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    caller.over = error.code ?? 'error';
  });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(caller));
    socket.once('close', () => resolve(caller));
  });
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await sleep(5);
  }
}

describe('Relay', () => {
  let a: Echo;
  let b: Echo;
  let relay: Relay;
  const ports: Record<string, number | undefined> = {};
  const callers: Caller[] = [];

  const port = (from: string, to: string) =>
    relay.ports().find((route) => route.from === from && route.to === to)?.port ?? 0;

  async function dial(from: string, to: string): Promise<Caller> {
    const caller = await call(port(from, to));
    callers.push(caller);
    return caller;
  }

  async function talk(caller: Caller, text: string): Promise<void> {
    const expected = caller.text + text;
    caller.socket.write(text);
    await until(`echo of ${text}`, () => caller.text === expected);
  }

  beforeEach(async () => {
    a = new Echo();
    b = new Echo();
    ports.a = await a.listen();
    ports.b = await b.listen();
    relay = await Relay.start(
      [
        { from: 'a', to: 'b', plugin: 'p' },
        { from: 'b', to: 'a', plugin: 'p' },
        { from: 'c', to: 'b', plugin: 'p' },
      ],
      async (host) => ports[host],
    );
  });

  afterEach(async () => {
    for (const { socket } of callers.splice(0)) socket.destroy();
    await relay.close();
    await Promise.all([a.close(), b.close()]);
  });

  it('moves bytes both ways and passes an orderly end', async () => {
    const caller = await dial('a', 'b');
    await talk(caller, 'hello');
    caller.socket.end();
    await until('end at b', () => b.ends.length === 1);
    await until('end at the caller', () => caller.over !== undefined);
    expect(b.ends).toEqual(['end']);
    expect(caller.over).toBe('end');
    await until('no connection left', () => relay.status().routes[0]?.connections === 0);
  });

  it('passes a reset on as a reset', async () => {
    const caller = await dial('a', 'b');
    await talk(caller, 'x');
    b.sockets[0]?.resetAndDestroy();
    await until('the caller sees it', () => caller.over !== undefined);
    expect(caller.over).toBe('ECONNRESET');
  });

  it('resets a dialer while its target does not run, and finds it on a new port', async () => {
    const [old, oldPort] = [b, ports.b];
    ports.b = undefined;
    const early = await dial('a', 'b');
    await until('reset', () => early.over === 'ECONNRESET');

    b = new Echo();
    ports.b = await b.listen();
    expect(ports.b).not.toBe(oldPort);
    await talk(await dial('a', 'b'), 'again');
    expect(b.text).toBe('again');
    await old.close();
  });

  it('resets a dialer whose target refuses', async () => {
    await b.close();
    const caller = await dial('a', 'b');
    await until('reset', () => caller.over === 'ECONNRESET');
    b = new Echo();
  });

  it('slows a sender down when its receiver does not read', async () => {
    const caller = await dial('a', 'b');
    await talk(caller, 'x');
    b.sockets[0]?.pause();
    const more = 64 << 20;
    caller.socket.write(Buffer.alloc(more));
    await sleep(QUIET_MS * 3);
    expect(caller.socket.writableLength).toBeGreaterThan(more / 2);
    b.sockets[0]?.resume();
    caller.socket.pause();
    caller.socket.resume();
    await until('all arrives', () => caller.socket.writableLength === 0);
  });

  describe('a cut', () => {
    it('resets what is open, refuses what is dialed, and spares other hosts', async () => {
      const [ab, ba, cb] = [await dial('a', 'b'), await dial('b', 'a'), await dial('c', 'b')];
      for (const caller of [ab, ba, cb]) await talk(caller, 'x');
      relay.cut('a', 'b');
      await until('both reset', () => ab.over === 'ECONNRESET' && ba.over === 'ECONNRESET');
      const late = await dial('a', 'b');
      await until('refused', () => late.over === 'ECONNRESET');
      await talk(cb, 'still');

      relay.heal('a', 'b');
      await talk(await dial('a', 'b'), 'healed');
      expect(relay.status().cuts).toEqual([]);
    });
  });

  describe('a silent cut', () => {
    it('holds bytes both ways, tells nobody, and lets them go on at heal', async () => {
      const ab = await dial('a', 'b');
      await talk(ab, 'one');
      relay.cut('a', 'b', { silent: true });
      ab.socket.write('two');
      b.sockets[0]?.write('from b');
      await sleep(QUIET_MS);
      expect(b.text).toBe('one');
      expect(ab.text).toBe('one');
      expect(ab.over).toBeUndefined();

      relay.heal('a', 'b');
      await until('both arrive', () => b.text === 'onetwo' && ab.text.includes('from b'));
      await until('echo', () => ab.text.includes('two'));
      await talk(ab, 'three');
    });

    it('passes neither an end nor a reset until heal', async () => {
      const [gentle, hard] = [await dial('a', 'b'), await dial('a', 'b')];
      await talk(gentle, 'x');
      await talk(hard, 'x');
      relay.cut('a', 'b', { silent: true });
      gentle.socket.end();
      hard.socket.resetAndDestroy();
      await sleep(QUIET_MS);
      expect(b.ends).toEqual([]);

      relay.heal('a', 'b');
      await until('both arrive', () => b.ends.length === 2);
      expect(b.ends.toSorted()).toEqual(['ECONNRESET', 'end']);
    });

    it('accepts and holds what is dialed, and resets it at heal', async () => {
      relay.cut('a', 'b', { silent: true });
      const caller = await dial('a', 'b');
      caller.socket.write('hello?');
      await sleep(QUIET_MS);
      expect(caller.over).toBeUndefined();
      expect(b.sockets).toEqual([]);

      relay.heal('a', 'b');
      await until('reset', () => caller.over === 'ECONNRESET');
      expect(b.sockets).toEqual([]);
      await talk(await dial('a', 'b'), 'now');
    });

    it('becomes a plain cut, with resets, when it is cut again', async () => {
      const ab = await dial('a', 'b');
      await talk(ab, 'x');
      relay.cut('a', 'b', { silent: true });
      relay.cut('a', 'b');
      await until('reset', () => ab.over === 'ECONNRESET');
    });
  });

  describe('a one-way cut', () => {
    it('loses only bytes from the first host, whoever dialed', async () => {
      const [ab, ba] = [await dial('a', 'b'), await dial('b', 'a')];
      await talk(ab, 'x');
      await talk(ba, 'x');
      relay.cut('a', 'b', { oneWay: true });

      b.sockets[0]?.write('from b');
      await until('b reaches a', () => ab.text === 'xfrom b');
      ba.socket.write('from b');
      await until('b reaches a on its own connection', () => a.text === 'xfrom b');

      ab.socket.write('from a');
      await sleep(QUIET_MS);
      expect(b.text).toBe('x');
      expect(ba.text).toBe('x');
      expect([ab.over, ba.over]).toEqual([undefined, undefined]);

      relay.heal('a', 'b');
      await until('all arrives', () => b.text === 'xfrom a' && ba.text === 'xfrom b');
    });

    it('lets the second host dial, without an answer', async () => {
      relay.cut('a', 'b', { oneWay: true });
      const ba = await dial('b', 'a');
      ba.socket.write('anyone?');
      await until('a hears it', () => a.text === 'anyone?');
      await sleep(QUIET_MS);
      expect(ba.text).toBe('');
    });

    it('does not tell the second host that the first one broke off', async () => {
      const ab = await dial('a', 'b');
      await talk(ab, 'x');
      relay.cut('a', 'b', { oneWay: true });
      ab.socket.resetAndDestroy();
      // Bytes for a caller that is gone make the relay notice; b must not.
      for (let i = 0; i < 5; i += 1) {
        b.sockets[0]?.write('still there?');
        await sleep(QUIET_MS / 5);
      }
      expect(b.ends).toEqual([]);
      relay.heal('a', 'b');
      await until('b is told', () => b.ends.length === 1);
    });

    it('adds up with the other direction', async () => {
      const ab = await dial('a', 'b');
      await talk(ab, 'x');
      relay.cut('a', 'b', { oneWay: true });
      relay.cut('b', 'a', { oneWay: true });
      b.sockets[0]?.write('from b');
      await sleep(QUIET_MS);
      expect(ab.text).toBe('x');
      expect(relay.status().cuts).toHaveLength(2);
    });
  });

  it('survives thousands of connections and keeps none', async () => {
    const rounds = 20;
    const perRound = 150;
    for (let round = 0; round < rounds; round += 1) {
      const made = await Promise.all(Array.from({ length: perRound }, () => call(port('c', 'b'))));
      const half = made.splice(0, perRound / 2);
      for (const { socket } of half) socket.resetAndDestroy();
      await Promise.all(made.map((caller) => talk(caller, 'hi')));
      for (const { socket } of made) socket.end();
    }
    await until('all closed', () => relay.status().routes[2]?.connections === 0);
    await talk(await dial('c', 'b'), 'fine');
  }, 30_000);
});
