/**
 * `npm run check [-- NAME...]`: every check of the house, or those named. Ends
 * with one line of counts; exit code 0 only when all passed. `--report FILE`
 * writes the counts as JSON.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkChangesets } from './changesets.mjs';
import { checkConformance } from './conformance.mjs';
import { checkDocs } from './docs/check.mjs';
import { checkFiles } from './files.mjs';
import { checkImports } from './imports.mjs';
import { checkPackaging } from './packaging.mjs';
import { checkSimulations } from './simulations.mjs';
import { root } from './workspace.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);

/** Name, and what it runs: a program, or a function that returns what is wrong. */
const CHECKS = {
  lint: () => program(bin('biome'), ['check', '.', '--error-on-warnings']),
  types: () => program(bin('tsc'), ['-p', 'tsconfig.json']),
  'web-types': () => program(bin('tsc'), ['-p', 'tsconfig.web.json']),
  'core-types': () => program(bin('tsc'), ['-p', 'tsconfig.core.json']),
  imports: () => checkImports(root, readJson('package.json')),
  files: () => checkFiles(),
  unused: () => program(bin('knip'), ['--no-progress']),
  packaging: () => checkPackaging(),
  changesets: () => checkChangesets(),
  docs: () => checkDocs(),
  conformance: () => checkConformance(),
  simulations: () => checkSimulations(root),
};

const { values: flags, positionals: asked } = parseArgs({
  options: { report: { type: 'string' } },
  allowPositionals: true,
});
const unknown = asked.filter((name) => !CHECKS[name]);
if (unknown.length > 0) {
  console.error(`no check ${unknown.join(', ')}; there are: ${Object.keys(CHECKS).join(', ')}`);
  process.exitCode = 2;
} else {
  const names = asked.length > 0 ? asked : Object.keys(CHECKS);
  let failed = 0;
  for (const name of names) {
    if (!(await runCheck(name))) failed += 1;
  }
  const passed = names.length - failed;
  if (flags.report) writeFileSync(flags.report, JSON.stringify({ passed, failed, skipped: 0 }));
  console.log(`checks: ${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function runCheck(name) {
  const startedMs = Date.now();
  const result = await Promise.resolve(CHECKS[name]()).catch((error) => [error.stack]);
  const { problems, note } = Array.isArray(result) ? { problems: result, note: '' } : result;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  const isGood = problems.length === 0;
  console.log(`${isGood ? 'passed' : 'FAILED'}  ${name} (${seconds} s)${note ? `: ${note}` : ''}`);
  for (const problem of problems) console.log(`  ${problem}`);
  return isGood;
}

/** Runs a program that tells by its exit code; its output is shown when it fails. */
function program(command, args) {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? [] : output.trim().split('\n')));
  });
}

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}
