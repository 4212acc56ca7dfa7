import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinkHarness, LinkHost, LinkHostName } from '@ftctl/sdk/contract';
import { type OpenStore, openStore } from '@ftctl/store';
import { createLink, type LinkService, type LinkTiming, noticeLimitMs } from '../../src/index.ts';
import { DEFAULT_TIMING } from '../../src/options.ts';
import { Relay } from './relay.ts';
import type { TestSite } from './site.ts';
import { KeptLog, systemClock, systemRandom } from './system.ts';

const NAMES: readonly LinkHostName[] = ['a', 'b', 'c'];
const PLUGIN = 'subject';

/** Fast, so that the suite is; the machine may be busy, so not too fast. */
const TIMING: LinkTiming = {
  ...DEFAULT_TIMING,
  heartbeatIntervalMs: 150,
  silenceLimitMs: 400,
  handshakeLimitMs: 500,
  reconnect: { minMs: 10, maxMs: 200 },
  retry: { minMs: 10, maxMs: 200 },
};

interface Running {
  readonly host: LinkHost;
  readonly service: LinkService;
  readonly store: OpenStore;
}

/** Three hosts with real sockets between them; each direction of each pair goes through a relay. */
export class LoopbackNetwork implements LinkHarness {
  readonly clock = systemClock;
  /** One and a half of what is promised, for a machine that is busy. */
  readonly noticeLimitMs = noticeLimitMs(TIMING) * 1.5;
  readonly log = new KeptLog();
  readonly #running = new Map<LinkHostName, Running>();
  readonly #folder: string;
  readonly #site: TestSite | undefined;
  /** How many stores a host has had. */
  readonly #stores = new Map<LinkHostName, number>();
  /** By who dials and who is dialed. */
  readonly #relays = new Map<string, { relay: Relay; port: number }>();

  private constructor(folder: string, site: TestSite | undefined) {
    this.#folder = folder;
    this.#site = site;
  }

  /** @param site with it, all links use TLS */
  static async open(site?: TestSite): Promise<LoopbackNetwork> {
    const network = new LoopbackNetwork(await mkdtemp(join(tmpdir(), 'ftctl-link-')), site);
    for (const from of NAMES) {
      for (const to of NAMES) {
        if (from === to) continue;
        const relay = new Relay();
        network.#relays.set(`${from}>${to}`, { relay, port: await relay.listen() });
      }
    }
    for (const name of NAMES) await network.start(name, 'new');
    return network;
  }

  async close(): Promise<void> {
    for (const name of NAMES) if (this.#running.has(name)) await this.crash(name);
    for (const { relay } of this.#relays.values()) await relay.close();
    await rm(this.#folder, { recursive: true });
  }

  host(name: LinkHostName): LinkHost {
    const running = this.#running.get(name);
    if (running === undefined) throw new Error(`host ${name} is not running`);
    return running.host;
  }

  async crash(name: LinkHostName): Promise<void> {
    const running = this.#running.get(name);
    if (running === undefined) throw new Error(`host ${name} is not running`);
    this.#running.delete(name);
    for (const [key, { relay }] of this.#relays) {
      if (key.endsWith(`>${name}`)) relay.pointAt(undefined);
      if (key.includes(name)) relay.drop();
    }
    // All its connections are gone, so nobody hears of what a commit under way may still bring.
    await running.service.stop();
    await running.store.close();
  }

  async start(name: LinkHostName, store: 'kept' | 'new'): Promise<LinkHost> {
    const number = (this.#stores.get(name) ?? 0) + (store === 'new' ? 1 : 0);
    this.#stores.set(name, number);
    const folder = join(this.#folder, `${name}${number}`);
    const opened = await openStore({ path: folder, plugin: PLUGIN, sockets: this.#folder });
    const service = createLink({
      self: { host: name, plugin: PLUGIN },
      store: opened,
      directory: this.#directory(name),
      ...(this.#site && { credentials: await this.#site.credentials(name) }),
      listen: { address: '127.0.0.1', port: 0 },
      clock: systemClock,
      random: systemRandom,
      log: this.log,
      timing: TIMING,
    });
    const port = await service.start();
    for (const [key, { relay }] of this.#relays) {
      if (key.endsWith(`>${name}`)) relay.pointAt(port);
    }
    const host = { name, plugin: PLUGIN, store: opened, link: service.link };
    this.#running.set(name, { host, service, store: opened });
    return host;
  }

  async cut(one: LinkHostName, other: LinkHostName, how: 'reset' | 'silent'): Promise<void> {
    for (const relay of this.#between(one, other)) relay.cut(how);
  }

  async heal(one: LinkHostName, other: LinkHostName): Promise<void> {
    for (const relay of this.#between(one, other)) relay.heal();
  }

  async until(what: string, limitMs: number, ready: () => boolean): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!ready()) {
      if (performance.now() > deadline) {
        const tail = this.log.lines.slice(-10).join('\n');
        throw new Error(`not within ${limitMs} ms: ${what}\n${tail}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async within<T>(limitMs: number, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not settled within ${limitMs} ms`)), limitMs);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }

  #directory(from: LinkHostName) {
    const entries = NAMES.filter((to) => to !== from).map((to) => {
      const port = this.#relays.get(`${from}>${to}`)?.port;
      return [to, { [PLUGIN]: `127.0.0.1:${port}` }] as const;
    });
    return Object.fromEntries(entries);
  }

  #between(one: LinkHostName, other: LinkHostName): Relay[] {
    return [`${one}>${other}`, `${other}>${one}`].flatMap((key) => {
      const entry = this.#relays.get(key);
      return entry === undefined ? [] : [entry.relay];
    });
  }
}
