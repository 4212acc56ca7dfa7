import type { Manifest } from '@ftctl/sdk';
import { describe, expect, it } from 'vitest';
import { allRoutes, directDirectory, freePorts, listeners, relayDirectory } from './network.ts';

const plain: Manifest = { manifestVersion: 1, id: 'x', api: '*', entry: 'x.js' };
const manifests = new Map<string, Manifest>([
  ['link', { ...plain, id: 'link', listen: { defaultPort: 0 } }],
  ['quiet', { ...plain, id: 'quiet' }],
]);
const definition = {
  relay: true,
  plugins: { link: '/link', quiet: '/quiet' },
  hosts: {
    a: { plugins: { link: {}, quiet: {} } },
    b: { plugins: { link: {} } },
    c: { plugins: { quiet: {} } },
  },
};

describe('the network of a lab', () => {
  const all = listeners(definition, manifests);

  it('has a way from every host to every plugin that listens on another', () => {
    expect(all).toEqual([
      { host: 'a', plugin: 'link' },
      { host: 'b', plugin: 'link' },
    ]);
    const ways = allRoutes(definition, all).map(({ from, to }) => `${from}>${to}`);
    expect(ways).toEqual(['a>b', 'b>a', 'c>a', 'c>b']);
  });

  it('gives each host ports of its own with a relay', () => {
    const ports = allRoutes(definition, all).map((route, i) => ({ ...route, port: 100 + i }));
    expect(relayDirectory('c', ports)).toEqual({
      a: { link: '127.0.0.1:102' },
      b: { link: '127.0.0.1:103' },
    });
  });

  it('gives all hosts the same ports without one', () => {
    const ports = all.map((listener, i) => ({ ...listener, port: 200 + i }));
    expect(directDirectory('c', ports)).toEqual({
      a: { link: '127.0.0.1:200' },
      b: { link: '127.0.0.1:201' },
    });
    expect(directDirectory('a', ports)).toEqual({ b: { link: '127.0.0.1:201' } });
  });

  it('finds ports that are free and differ', async () => {
    const found = await freePorts(Array.from({ length: 20 }, (_, i) => ({ i })));
    expect(new Set(found.map(({ port }) => port)).size).toBe(20);
    expect(found.map(({ i }) => i)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});
