import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A file of this package, from its sources as well as from its build. */
export function ownFile(...parts: string[]): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, ...parts);
}

/** A temporary folder, and how to take it away. */
export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'ftctl-soak-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
