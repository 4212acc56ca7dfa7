import { hasJoined, readCredentials, summarise } from '@ftctl/pki/credentials';
import { describeError } from '@ftctl/sdk';
import { readConfig } from '../config/read.ts';
import { readLockfile } from '../install/lockfile.ts';
import { type HomePaths, homePaths } from '../paths.ts';
import { readLiveRecord } from '../run-record.ts';
import type { TlsStatus } from '../status.ts';

/** What can be said of a home whose host does not run. */
export interface OfflineStatus {
  readonly host: string;
  readonly home: string;
  readonly tls: TlsStatus;
  readonly plugins: readonly OfflinePlugin[];
}

export interface OfflinePlugin {
  readonly id: string;
  readonly version: string;
  readonly enabled: boolean;
  /** Present when its process runs on without a host. */
  readonly pid?: number;
  readonly port?: number;
}

/**
 * Reads the status of a home from its files, without a host.
 *
 * @throws FtError FT_HOST_NO_HOME, FT_HOST_CONFIG
 */
export async function readOfflineStatus(home: string): Promise<OfflineStatus> {
  const paths = homePaths(home);
  const [config, lockfile] = await Promise.all([readConfig(paths), readLockfile(paths.home)]);
  const plugins = await Promise.all(
    Object.entries(lockfile.plugins).map(async ([id, { version }]) => {
      const record = await readLiveRecord(paths, id);
      return {
        id,
        version,
        enabled: config.plugins[id]?.enabled ?? true,
        ...(record ? { pid: record.pid } : {}),
        ...(record?.port === undefined ? {} : { port: record.port }),
      };
    }),
  );
  return { host: config.host, home: paths.home, tls: await readTls(paths), plugins };
}

async function readTls(paths: HomePaths): Promise<TlsStatus> {
  if (!hasJoined(paths.tls)) return { on: false };
  try {
    return { on: true, certificate: summarise(await readCredentials(paths.tls), Date.now()) };
  } catch (error) {
    return { on: true, problem: describeError(error) };
  }
}
