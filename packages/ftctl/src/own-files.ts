import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: `dist` and `src` both stand in it. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The program itself. */
export function binPath(): string {
  return join(packageFolder(), 'bin', 'ftctl.js');
}

/** Entry of the processes that run plugin code. */
/** Folder of the dashboard's frame. */
export function dashboardPath(): string {
  return join(packageFolder(), 'dist', 'dashboard');
}

export function runnerPath(): string {
  return join(packageFolder(), 'dist', 'runner.js');
}
