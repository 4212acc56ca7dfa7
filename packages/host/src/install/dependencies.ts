import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runNpm } from './npm.ts';
import type { PackageJson } from './package-json.ts';

/** How long npm may take to install a plugin's dependencies. */
const INSTALL_LIMIT_MS = 600_000;

/**
 * Installs a package's runtime dependencies into its own `node_modules`,
 * running none of their scripts.
 *
 * npm resolves devDependencies too before it omits them, and fails on specs
 * like `workspace:*` there; so it is shown a `package.json` without them, and
 * the original is put back.
 *
 * @throws FtError those of npm
 */
export async function installDependencies(
  folder: string,
  packageJson: PackageJson,
  registry?: string,
): Promise<void> {
  const path = join(folder, 'package.json');
  const original = await readFile(path);
  const { name, version, optionalDependencies } = packageJson;
  const shown = { name, version, dependencies: packageJson.dependencies, optionalDependencies };
  await writeFile(path, JSON.stringify(shown));
  await runNpm(
    'install',
    ['--omit=dev', '--omit=peer', '--legacy-peer-deps', '--no-bin-links', '--prefer-online'],
    { cwd: folder, timeLimitMs: INSTALL_LIMIT_MS, registry },
  );
  await writeFile(path, original);
}
