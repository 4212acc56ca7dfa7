import { createLink } from '@ftctl/link';
import { type CredentialsSource, openCredentials, pkiErrors } from '@ftctl/pki/credentials';
import { type CliContext, describeError, type Link, type Logger, type Store } from '@ftctl/sdk';
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
 * @throws FtError FT_STORE_IN_USE when another process runs this plugin, FT_STORE_*, FT_PKI_*
 */
export async function openRooms(spec: PluginSpec, log: Logger): Promise<Rooms> {
  const paths = homePaths(spec.home);
  // First: a process that could not prove who it is must not begin.
  const credentials = spec.tls ? await openOwnCredentials(spec, log) : undefined;
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
    ...(credentials ? { credentials } : {}),
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
        credentials?.close();
        await store.close();
      }
    },
  };
}

async function openOwnCredentials(spec: PluginSpec, log: Logger): Promise<CredentialsSource> {
  const source = await openCredentials(homePaths(spec.home).tls, {
    onProblem: (error) =>
      log.error(`changed credentials cannot be used: ${describeError(error)}`, { error }),
  });
  const { host } = source.current();
  if (host === spec.host) return source;
  source.close();
  throw pkiErrors.OWN_NAME({ host, name: spec.host });
}

/**
 * The store alone, for reading, while the plugin's process may write it. Opened
 * when it is first asked for: a command that does without works before the plugin
 * has ever run.
 */
export function openReader(spec: PluginSpec): {
  readonly store: CliContext['store'];
  close(): void;
} {
  let opened: ReturnType<typeof openStoreReader> | undefined;
  return {
    get store() {
      opened ??= openStoreReader({ path: homePaths(spec.home).store(spec.plugin) });
      return opened;
    },
    close: () => opened?.close(),
  };
}
