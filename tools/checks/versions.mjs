/**
 * The version of the contract is written twice, in the sdk's package and in its
 * code, where plugins and hosts compare it: both must say the same.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

/** @returns {string[]} what is wrong, one line each */
export function checkVersions() {
  const sdk = join(root, 'packages/sdk');
  const { version } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'));
  const source = readFileSync(join(sdk, 'src/manifest.ts'), 'utf8');
  const api = /API_VERSION = '([^']+)'/.exec(source)?.[1];
  if (api === version) return [];
  return [`packages/sdk: package.json says ${version}, API_VERSION in src/manifest.ts says ${api}`];
}
