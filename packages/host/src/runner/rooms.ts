import { createLink } from '@ftctl/link';
import type { CliContext, Link, Logger, Store } from '@ftctl/sdk';
import { openStore, openStoreReader } from '@ftctl/store';
import { homePaths } from '../paths.ts';
import type { PluginSpec } from '../plugin-spec.ts';
import { systemClock } from './clock.ts';
import { systemRandom } from './random.ts';

/** Store and link of one plugin process: the one place where a runner meets those rooms. */
export interface Rooms {
  readonly store: Store;
  readonly link: Link;
  /** Binds the port and begins to reach peers. */
  startLink(): Promise<void>;
  /** Port on which peers are accepted, once it is bound. */
  port(): number | undefined;
  /** Ends the link, then closes the store. */
  close(): Promise<void>;
}

/**
 * Opens what a plugin stands on.
 *
 * @throws FtError FT_STORE_IN_USE when another process runs this plugin, FT_STORE_*
 */
export async function openRooms(spec: PluginSpec, log: Logger): Promise<Rooms> {
  const paths = homePaths(spec.home);
  const store = await openStore({
    path: paths.store(spec.plugin),
    plugin: spec.plugin,
    sockets: paths.sockets,
    onTrouble: (error) => log.warn('trouble in the store', { error }),
  });
  const { origin } = store;
  if (origin.kind === 'restored') {
    log.info('this store was restored from a backup', {
      at: new Date(origin.at).toISOString(),
      ...(origin.from && { backupTakenAt: new Date(origin.from.takenAt).toISOString() }),
    });
  }
  const service = createLink({
    self: { host: spec.host, plugin: spec.plugin },
    store,
    directory: spec.directory,
    ...(spec.listen ? { listen: spec.listen } : {}),
    clock: systemClock,
    random: systemRandom,
    log,
  });
  let port: number | undefined;
  return {
    store,
    link: service.link,
    startLink: async () => {
      port = await service.start();
    },
    port: () => port,
    close: async () => {
      try {
        await service.stop();
      } finally {
        await store.close();
      }
    },
  };
}

/** The store alone, for reading, while the plugin's process may write it. */
export function openReader(spec: PluginSpec): {
  readonly store: CliContext['store'];
  close(): void;
} {
  const store = openStoreReader({ path: homePaths(spec.home).store(spec.plugin) });
  return { store, close: () => store.close() };
}
