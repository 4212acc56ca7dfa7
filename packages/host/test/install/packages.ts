import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create, Header, type HeaderData } from 'tar';
import { afterEach } from 'vitest';

const made: string[] = [];

/** A temporary folder that goes when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-install-'));
  made.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

export const HEALTHY_ENTRY = `export default {
  [Symbol.for('ftctl.plugin')]: true,
  setup() {
    return { start() {}, stop() {}, health: () => ({ state: 'ok' }) };
  },
};
`;

export interface PackageParts {
  /** Default `probe`. */
  readonly id?: string;
  /** Changes to package.json; `undefined` takes a field out. */
  readonly packageJson?: Record<string, unknown>;
  readonly manifest?: Record<string, unknown>;
  readonly entry?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** The files of a small plugin, by path. */
export function packageFiles(parts: PackageParts = {}): Record<string, string> {
  const id = parts.id ?? 'probe';
  const packageJson = {
    name: `ftctl-plugin-${id}`,
    version: '1.0.0',
    type: 'module',
    keywords: ['ftctl-plugin'],
    ...parts.packageJson,
  };
  const manifest = {
    manifestVersion: 1,
    id,
    api: '^0.1.0',
    entry: 'plugin.js',
    ...parts.manifest,
  };
  return {
    'package.json': JSON.stringify(packageJson, null, 2),
    'ftctl.plugin.json': JSON.stringify(manifest, null, 2),
    'plugin.js': parts.entry ?? HEALTHY_ENTRY,
    ...parts.files,
  };
}

/** Writes a plugin's package into `folder`, or into a new temporary folder. */
export async function writePackage(parts: PackageParts = {}, folder?: string): Promise<string> {
  const root = folder ?? (await temporaryFolder());
  for (const [path, text] of Object.entries(packageFiles(parts))) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

/** Packs a plugin as `npm pack` would, without npm. */
export async function packPackage(parts: PackageParts = {}): Promise<string> {
  const root = await temporaryFolder();
  await writePackage(parts, join(root, 'package'));
  const file = join(root, 'package.tgz');
  await create({ file, cwd: root, gzip: true, portable: true }, ['package']);
  return file;
}

/** A tarball with exactly these entries, whatever a sane tool would write. */
export async function packEntries(
  entries: readonly (HeaderData & { path: string; text?: string })[],
): Promise<string> {
  const blocks: Buffer[] = [];
  for (const { text = '', ...data } of entries) {
    const body = Buffer.from(text);
    const header = new Header({ type: 'File', mode: 0o644, ...data, size: body.length });
    header.encode();
    if (header.block === undefined) throw new Error('the header has no block');
    blocks.push(header.block, body, Buffer.alloc((512 - (body.length % 512)) % 512));
  }
  const file = join(await temporaryFolder(), 'crafted.tgz');
  await writeFile(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
  return file;
}

/** Every path below a folder, sorted; none when it is not there. */
export async function everythingIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder, { recursive: true })).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
