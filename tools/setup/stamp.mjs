/**
 * What install and build depend on, as digests. When a digest is the one of the
 * last success, that step is skipped.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Folders of the workspace's packages: those of `pnpm-workspace.yaml`, and the root. */
export function packageFolders(root) {
  const folders = [root, join(root, 'test')];
  for (const group of ['packages', 'plugins', 'tools']) {
    for (const name of readdirSync(join(root, group)).sort()) folders.push(join(root, group, name));
  }
  return folders.filter((folder) => existsSync(join(folder, 'package.json')));
}

/** Fields of a package.json that change what an install does. */
const INSTALL_FIELDS = [
  'name',
  'version',
  'bin',
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'packageManager',
];

/** Digest of everything that an install depends on, or undefined when a `node_modules` is missing. */
export function installStamp(root) {
  const hash = createHash('sha256').update(process.version);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc']) {
    hash.update(readFileSync(join(root, file)));
  }
  for (const folder of packageFolders(root)) {
    const pkg = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const needed = { ...pkg.dependencies, ...pkg.devDependencies };
    const isInstalled = existsSync(join(folder, 'node_modules'));
    if (Object.keys(needed).length > 0 && !isInstalled) return undefined;
    hash.update(relative(root, folder));
    hash.update(JSON.stringify(INSTALL_FIELDS.map((field) => pkg[field])));
  }
  return hash.digest('hex');
}

/**
 * Digest of size and time of every source and every built file. A build that is
 * known to be current is not asked for again, because restoring it from the
 * cache would rewrite files under processes that run from them.
 */
export function buildStamp(root) {
  const hash = createHash('sha256');
  for (const file of ['tsconfig.base.json', 'turbo.json', 'pnpm-lock.yaml']) {
    hash.update(fingerprint(join(root, file)));
  }
  for (const folder of packageFolders(root)) {
    if (folder === root) continue;
    const pkg = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (pkg.scripts?.build && !existsSync(join(folder, 'dist'))) return undefined;
    for (const file of filesBelow(folder)) hash.update(fingerprint(file));
  }
  return hash.digest('hex');
}

const SKIPPED_FOLDERS = new Set(['node_modules', '.turbo']);

function* filesBelow(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) yield* filesBelow(path);
  }
}

function fingerprint(path) {
  const { size, mtimeMs } = statSync(path);
  return `${path}\0${size}\0${mtimeMs}\n`;
}
