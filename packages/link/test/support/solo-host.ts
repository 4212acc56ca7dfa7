import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Link } from '@ftctl/sdk';
import { type OpenStore, openStore } from '@ftctl/store';
import {
  type CredentialsSource,
  createLink,
  type LinkService,
  type LinkTiming,
} from '../../src/index.ts';
import type { Directory } from '../../src/options.ts';
import { KeptLog, systemClock, systemRandom } from './system.ts';

export interface SoloOptions {
  readonly name: string;
  readonly directory?: Directory;
  readonly timing?: Partial<LinkTiming>;
  readonly credentials?: CredentialsSource;
  /** Default: the machine's own. */
  readonly clock?: Clock;
  /** Default 127.0.0.1. */
  readonly address?: string;
}

/** One host with a real store and a real link, for tests that play its peer themselves. */
export class SoloHost {
  readonly log: KeptLog;
  readonly store: OpenStore;
  readonly link: Link;
  readonly port: number;
  readonly #service: LinkService;
  readonly #folder: string;

  private constructor(
    folder: string,
    log: KeptLog,
    store: OpenStore,
    service: LinkService,
    port: number,
  ) {
    this.#folder = folder;
    this.log = log;
    this.store = store;
    this.#service = service;
    this.link = service.link;
    this.port = port;
  }

  static async open(options: SoloOptions): Promise<SoloHost> {
    const folder = await mkdtemp(join(tmpdir(), 'ftctl-link-'));
    const log = new KeptLog();
    const store = await openStore({
      path: join(folder, 'store'),
      plugin: 'subject',
      sockets: folder,
    });
    const service = createLink({
      self: { host: options.name, plugin: 'subject' },
      store,
      directory: options.directory ?? {},
      listen: { address: options.address ?? '127.0.0.1', port: 0 },
      ...(options.credentials && { credentials: options.credentials }),
      clock: options.clock ?? systemClock,
      random: systemRandom,
      log,
      ...(options.timing && { timing: options.timing }),
    });
    const port = (await service.start()) ?? 0;
    return new SoloHost(folder, log, store, service, port);
  }

  /** Lines about offenders. */
  offences(): string[] {
    return this.log.lines.filter((line) => line.includes('FT_LINK_PROTOCOL'));
  }

  async close(): Promise<void> {
    await this.#service.stop();
    await this.store.close();
    await rm(this.#folder, { recursive: true });
  }
}

/** Waits until `ready()` holds, or fails naming what did not come. */
export async function until(what: string, ready: () => boolean, limitMs = 5_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!ready()) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
