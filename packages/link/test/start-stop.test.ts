import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from '@ftctl/sdk';
import { type OpenStore, openStore } from '@ftctl/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLink, type LinkOptions } from '../src/index.ts';
import { KeptLog, systemClock, systemRandom } from './support/system.ts';

const echo = { name: 'echo', question: text, answer: text };
let folder: string;
let store: OpenStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftctl-link-'));
  store = await openStore({ path: join(folder, 'store'), plugin: 'subject', sockets: folder });
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

function defaults() {
  return {
    self: { host: 'a', plugin: 'subject' },
    store,
    directory: {},
    listen: { address: '127.0.0.1', port: 0 },
    clock: systemClock,
    random: systemRandom,
    log: new KeptLog(),
  };
}

function make(options: Partial<LinkOptions> = {}) {
  return createLink({ ...defaults(), ...options });
}

describe('a link', () => {
  test.each(['0.0.0.0', '10.0.0.1', '::', 'example.org'])(
    'does not listen on %s',
    async (address) => {
      const service = make({ listen: { address, port: 0 } });
      await expect(service.start()).rejects.toMatchObject({ code: 'FT_LINK_NOT_LOOPBACK' });
      await service.stop();
    },
  );

  test('does not dial beyond loopback either, and says why', async () => {
    const directory = { b: { subject: '192.0.2.1:4000' } };
    const service = make({ directory });
    await service.start();
    const asked = service.link.request(echo, { host: 'b' }, '', { timeoutMs: 100 });
    await expect(asked).rejects.toThrow(/FT_LINK_NOT_LOOPBACK: will not use 192.0.2.1/);
    await service.stop();
  });

  test('says when its port is taken', async () => {
    const first = make();
    const port = (await first.start()) ?? 0;
    const second = make({ listen: { address: '127.0.0.1', port } });
    await expect(second.start()).rejects.toMatchObject({ code: 'FT_LINK_LISTEN' });
    await second.stop();
    await first.stop();
  });

  test('stops before it was started, and twice', async () => {
    const service = make();
    await service.stop();
    await service.stop();
  });

  test('without a place to listen only dials', async () => {
    const { listen: _without, ...options } = defaults();
    const service = createLink(options);
    expect(await service.start()).toBeUndefined();
    await service.stop();
  });

  test('after its stop, and at it, requests end with FT_LINK_DOWN', async () => {
    const directory = { b: { subject: '127.0.0.1:1' } };
    const service = make({ directory });
    await service.start();
    const waiting = service.link.request(echo, { host: 'b' }, '').catch((error: unknown) => error);
    await service.stop();
    expect(await waiting).toMatchObject({ code: 'FT_LINK_DOWN' });
    const later = service.link.request(echo, { host: 'b' }, '');
    await expect(later).rejects.toMatchObject({ code: 'FT_LINK_DOWN' });
  });

  test.each([
    ['127.0.0.1', undefined, 'FT_LINK_BAD_ADDRESS'],
    ['127.0.0.1', 1, 'FT_LINK_DOWN'],
    ['127.0.0.1:x', undefined, 'FT_LINK_BAD_ADDRESS'],
    ['127.0.0.1:99999', undefined, 'FT_LINK_BAD_ADDRESS'],
    ['http://127.0.0.1:1', undefined, 'FT_LINK_BAD_ADDRESS'],
    ['[::1]:1', undefined, 'FT_LINK_DOWN'],
    ['localhost:1', undefined, 'FT_LINK_DOWN'],
  ])('takes the address %s with port %s: %s', async (address, port, code) => {
    const service = make({ directory: { b: { subject: address } } });
    await service.start();
    const to = port === undefined ? { host: 'b' } : { host: 'b', port };
    const asked = service.link.request(echo, to, '', { timeoutMs: 50 });
    await expect(asked).rejects.toMatchObject({ code });
    await service.stop();
  });

  test('takes no more questions at once than it may have under way', async () => {
    const service = make({ directory: { b: { subject: '127.0.0.1:1' } } });
    await service.start();
    const ask = () => service.link.request(echo, { host: 'b' }, '', { timeoutMs: 200 });
    const asked = Array.from({ length: 300 }, () => ask().catch((error) => error.code));
    const codes = await Promise.all(asked);
    expect(codes.filter((code) => code === 'FT_LINK_DOWN').length).toBe(256);
    expect(codes.filter((code) => code === 'FT_LINK_BUSY').length).toBe(44);
    await service.stop();
  });
});
