/** What an install depends on, as a digest: when it is that of the last success, the step is skipped. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
