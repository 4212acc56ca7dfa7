/**
 * `npm run setup`: installs and builds this checkout, with nothing but Node and
 * npm on the machine. Says what it does on stderr, so that a command run after
 * it has stdout for itself.
 *
 * This file uses only what every Node with ES modules can read, so that an old
 * one gets a clear answer instead of a syntax error.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeProblem } from './node-version.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const problem = nodeProblem(process.versions.node, engines.node);
if (problem) {
  process.stderr.write(`setup: ${problem}\n`);
  process.exitCode = 1;
} else {
  import('./steps.mjs')
    .then(({ setUp }) => setUp(root))
    .catch((error) => {
      process.stderr.write(`setup: ${error.message}\n`);
      process.exitCode = 1;
    });
}
