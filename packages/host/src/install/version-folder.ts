import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describeError } from '@ftctl/sdk';
import { flushFolder, writeFileAtomically } from './atomic-file.ts';
import { installErrors } from './errors.ts';
import { shortDigest } from './tarball.ts';

/** What a version folder holds besides the package: what it is, and the digest of each file. */
export const RECORD_FILE = '.ftctl-install.json';

/** Most files of a package together with its dependencies. */
const MAX_INSTALLED_FILES = 50_000;

export interface InstallRecord {
  readonly recordVersion: 1;
  readonly id: string;
  readonly package: string;
  readonly version: string;
  /** `sha512-...` of the tarball. */
  readonly integrity: string;
  /** SHA-256 in hexadecimal digits by path; `node_modules` included. */
  readonly files: Readonly<Record<string, string>>;
}

/** `<version>-<first 12 hexadecimal digits of the digest>`. */
export function versionFolderName(version: string, integrity: string): string {
  return `${version}-${shortDigest(integrity)}`;
}

/**
 * Makes an unpacked package final: every file is flushed, recorded and made
 * read-only.
 *
 * @throws FtError FT_INSTALL_TARBALL when it holds a link, or too many files
 */
export async function sealFolder(
  folder: string,
  identity: Omit<InstallRecord, 'recordVersion' | 'files'>,
): Promise<void> {
  const files: Record<string, string> = {};
  for (const path of await listFiles(folder, identity.package)) {
    if (path === RECORD_FILE) continue;
    const file = join(folder, path);
    await flushFile(file);
    files[path] = await digest(file);
    await makeReadOnly(file);
  }
  const record: InstallRecord = { recordVersion: 1, ...identity, files };
  await writeFileAtomically(join(folder, RECORD_FILE), `${JSON.stringify(record, null, 1)}\n`);
  await makeReadOnly(join(folder, RECORD_FILE));
}

/** The record in a version folder; undefined when there is none that can be read. */
export async function readRecord(folder: string): Promise<InstallRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8')) as InstallRecord;
    return record.recordVersion === 1 && typeof record.files === 'object' ? record : undefined;
  } catch (error) {
    const isUnreadable = error instanceof SyntaxError || error instanceof TypeError;
    if (isUnreadable || isMissing(error)) return undefined;
    throw error;
  }
}

/** Why a version folder is not what was installed under that integrity; undefined when it is. */
export async function whyDamaged(folder: string, integrity: string): Promise<string | undefined> {
  const record = await readRecord(folder);
  if (record === undefined) return `${RECORD_FILE} is missing or cannot be read`;
  if (record.integrity !== integrity) return 'it was made from another tarball';
  for (const [path, expected] of Object.entries(record.files)) {
    try {
      if ((await digest(join(folder, path))) !== expected) return `${path} was changed`;
    } catch (error) {
      return isMissing(error) ? `${path} is missing` : `${path}: ${describeError(error)}`;
    }
  }
  const extra = (await listFiles(folder, record.package)).find(
    (path) => path !== RECORD_FILE && !Object.hasOwn(record.files, path),
  );
  return extra === undefined ? undefined : `${extra} was added`;
}

/** An undamaged version folder made from this very tarball, under any plugin id. */
export async function findVersionFolder(
  root: string,
  integrity: string,
): Promise<string | undefined> {
  const suffix = `-${shortDigest(integrity)}`;
  for (const id of await folders(root)) {
    for (const name of await folders(join(root, id))) {
      const folder = join(root, id, name);
      if (!name.endsWith(suffix)) continue;
      if ((await whyDamaged(folder, integrity)) === undefined) return folder;
    }
  }
  return undefined;
}

/**
 * Moves a sealed folder to its place, in one step. What stands there already is
 * either the same version, put there by someone else meanwhile, and stays; or
 * it is damaged, and is moved aside to `discarded`.
 */
export async function moveIntoPlace(
  sealed: string,
  place: string,
  integrity: string,
  discarded: string,
): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  if (await exists(place)) {
    if ((await whyDamaged(place, integrity)) === undefined) return;
    await rename(place, discarded);
  }
  try {
    await rename(sealed, place);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const takenMeanwhile = code === 'ENOTEMPTY' || code === 'EEXIST';
    if (!takenMeanwhile || (await whyDamaged(place, integrity)) !== undefined) throw error;
  }
  await flushFolder(dirname(place));
}

/** Names of the folders in a folder, hidden ones left out; none when it is not there. */
export async function folders(path: string): Promise<string[]> {
  const found = await readdir(path, { withFileTypes: true }).catch((error) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return found
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
}

/** Every file below a folder, by relative path. Links and other kinds are refused. */
async function listFiles(root: string, source: string): Promise<string[]> {
  const files: string[] = [];
  const pending = [''];
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) pending.push(path);
      else if (entry.isFile()) files.push(path);
      else throw installErrors.TARBALL({ source, why: `${path} is a link or a special file` });
    }
    if (files.length > MAX_INSTALLED_FILES) {
      const why = `with its dependencies it has more than ${MAX_INSTALLED_FILES} files`;
      throw installErrors.TARBALL({ source, why });
    }
  }
  return files.sort();
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function flushFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function makeReadOnly(file: string): Promise<void> {
  const { mode } = await stat(file);
  await chmod(file, mode & 0o100 ? 0o555 : 0o444);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}
