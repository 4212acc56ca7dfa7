import { createHash } from 'node:crypto';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { hostErrors } from './errors.ts';

/** Every place of one host on disk. All of it lies in its home, but for the sockets. */
export interface HomePaths {
  readonly home: string;
  /** `ftctl.yaml`, which people edit. */
  readonly config: string;
  /** `ftctl.lock.json`: what is installed, exactly. */
  readonly lockfile: string;
  /** Installed plugins: `<id>/<version>-<integrity>/`, never changed once there. */
  readonly plugins: string;
  /** One LMDB environment per plugin. */
  readonly store: (plugin: string) => string;
  /** A plugin's own files. */
  readonly data: (plugin: string) => string;
  /** Key and certificate of this host, once it has joined a site. */
  readonly tls: string;
  /** The CA of the site, on the one host that has it. */
  readonly ca: string;
  readonly logs: string;
  /** Records of running processes: `host.json` and `<id>.json`. */
  readonly run: string;
  readonly runRecord: (process: string) => string;
  /** Unix sockets, in a short folder of mode 0700. */
  readonly sockets: string;
  /** `host` or a plugin's id. */
  readonly socket: (process: string) => string;
}

/** `--home`, else `FTCTL_HOME`, else `~/.ftctl`. */
export function resolveHome(option?: string): string {
  return resolve(option ?? process.env.FTCTL_HOME ?? join(homedir(), '.ftctl'));
}

/** The places of the host whose home is `folder`. Touches no file. */
export function homePaths(folder: string): HomePaths {
  const home = resolve(folder);
  const run = join(home, 'run');
  const sockets = socketFolder(home);
  return {
    home,
    config: join(home, 'ftctl.yaml'),
    lockfile: join(home, 'ftctl.lock.json'),
    plugins: join(home, 'plugins'),
    store: (plugin) => join(home, 'store', plugin),
    data: (plugin) => join(home, 'data', plugin),
    tls: join(home, 'tls'),
    ca: join(home, 'ca'),
    logs: join(home, 'log'),
    run,
    runRecord: (process) => join(run, `${process}.json`),
    sockets,
    socket: (process) => checkedSocketPath(join(sockets, `${process}.sock`)),
  };
}

/**
 * Longest socket path that is accepted, in bytes. The system's own limit is 104
 * to 108, and Node 20 and 22 cut a longer one in silence.
 */
const MAX_SOCKET_PATH_BYTES = 100;

function socketFolder(home: string): string {
  const base = process.env.XDG_RUNTIME_DIR ?? tmpdir();
  const digest = createHash('sha256').update(home).digest('hex').slice(0, 12);
  return join(base, `ftctl-${userInfo().uid}-${digest}`);
}

function checkedSocketPath(path: string): string {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_SOCKET_PATH_BYTES) {
    throw hostErrors.SOCKET_PATH({ path, bytes, limit: MAX_SOCKET_PATH_BYTES });
  }
  return path;
}
