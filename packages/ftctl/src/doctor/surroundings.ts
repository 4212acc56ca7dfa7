import { existsSync } from 'node:fs';
import { access, constants, stat, statfs } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { ensureSocketFolder, type HomePaths } from '@ftctl/host';
import { satisfies } from 'semver';
import { engines } from '../../package.json';
import { type Finding, fromError, note, ok, problem } from './check.ts';

/** Less room than this and stores will soon refuse to write. */
const SCARCE_BYTES = 200 * 1024 * 1024;
const LOW_BYTES = 2 * 1024 * 1024 * 1024;

/** The version of Node that runs this. */
export function checkNode(): Finding {
  const { version } = process;
  if (satisfies(version, engines.node)) return ok('node', `${version}, ${process.execPath}`);
  return problem(
    'node',
    `${version} is not supported`,
    `Run ftctl with a Node that is ${engines.node}.`,
  );
}

/** The home's folder: there, ours alone, writable. */
export async function checkHome({ home }: HomePaths): Promise<Finding> {
  const check = 'home';
  const found = await stat(home).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    const missing = found.code === 'ENOENT';
    const text = missing ? `${home} does not exist` : `${home}: ${found.message}`;
    const action = missing
      ? 'Run `ftctl init --name NAME`, or name another home with --home.'
      : 'Check the folder and its owner.';
    return problem(check, text, action);
  }
  if (!found.isDirectory()) return problem(check, `${home} is no folder`, 'Name another home.');
  const { uid } = userInfo();
  if (found.uid !== uid) {
    const text = `${home} belongs to user ${found.uid}, not to ${uid}`;
    return problem(check, text, 'Run ftctl as the owner of the home, or change its owner.');
  }
  const writable = await access(home, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable) return problem(check, `${home} cannot be written`, `Run \`chmod u+w ${home}\`.`);
  if ((found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8);
    const text = `${home} can be entered by others (mode ${mode})`;
    return note(check, text, `Run \`chmod 700 ${home}\`: it may hold secrets.`);
  }
  return ok(check, home);
}

/** Room on the home's file system. */
export async function checkDisk({ home }: HomePaths): Promise<Finding> {
  const check = 'disk';
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free`;
  const action = 'Free space on that file system: a full disk stops every plugin from storing.';
  if (free < SCARCE_BYTES) return problem(check, `only ${text}`, action);
  return free < LOW_BYTES ? note(check, `only ${text}`, action) : ok(check, text);
}

/** The folder of the local sockets. */
export async function checkSockets(paths: HomePaths): Promise<Finding> {
  try {
    paths.socket('host');
    // Not made here: the doctor changes nothing.
    if (!existsSync(paths.sockets)) return ok('sockets', `${paths.sockets}, not made yet`);
    await ensureSocketFolder(paths.sockets);
    return ok('sockets', paths.sockets);
  } catch (error) {
    return fromError('sockets', error);
  }
}
