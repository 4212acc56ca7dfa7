/**
 * What a newcomer does, on a clean clone of this checkout: the README's two
 * commands, with nothing but git, Node and npm. Stands outside `npm test`, which
 * is one of the two.
 *
 *   node test/newcomer/newcomer.mjs [--report FILE]
 *
 * Only what is committed is tested. The report is a JSON file with the counts.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const DEMO_TIMEOUT_MS = 15 * 60_000;
const TEST_TIMEOUT_MS = 30 * 60_000;

const reportFlag = process.argv.indexOf('--report');
const reportFile = reportFlag > 0 ? process.argv[reportFlag + 1] : undefined;
const counts = { passed: 0, failed: 0, skipped: 0 };
const folder = mkdtempSync(join(tmpdir(), 'ftctl-newcomer-'));
const clone = join(folder, 'ftctl');

try {
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { stdio: 'inherit' });
  check('the README names both commands', readmeNames(['npm run demo', 'npm test']));
  check('npm run demo', (await npm(['run', 'demo'], DEMO_TIMEOUT_MS)) === 0);

  const results = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const code = await npm(['test', '--', ...reporters], TEST_TIMEOUT_MS);
  countTests(results, code);
  check('both leave the clone as it was', git('status', '--porcelain') === '');
} catch (error) {
  check(`newcomer: ${error.message}`, false);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

if (reportFile) writeFileSync(reportFile, JSON.stringify(counts));
console.log(
  `newcomer: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
);
process.exitCode = counts.failed > 0 ? 1 : 0;

function check(what, isGood) {
  counts[isGood ? 'passed' : 'failed'] += 1;
  console.log(`${isGood ? 'passed' : 'FAILED'}  newcomer: ${what}`);
}

function readmeNames(commands) {
  const readme = readFileSync(join(clone, 'README.md'), 'utf8');
  return commands.every((command) => readme.includes(command));
}

/** Runs npm in the clone as from a fresh shell, its output passed on; resolves with its exit code. */
function npm(args, timeoutMs) {
  const startedMs = Date.now();
  console.log(`newcomer: npm ${args.join(' ')}`);
  return new Promise((done, fail) => {
    const child = spawn('npm', args, {
      cwd: clone,
      env: freshEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: timeoutMs,
    });
    child.on('error', fail);
    child.on('close', (code, signal) => {
      const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
      console.log(`newcomer: npm ${args[0]} ended with ${signal ?? code} after ${seconds} s`);
      done(code);
    });
  });
}

/** Without what an npm around this script has set, and without this checkout's programs. */
function freshEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const path = (process.env.PATH ?? '').split(delimiter);
  const own = path.filter((part) => !part.includes(join('node_modules', '.bin')));
  return { ...Object.fromEntries(kept), PATH: own.join(delimiter) };
}

/** Takes vitest's own counts; a run that wrote none, or failed beside them, counts as a failure. */
function countTests(file, code) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    counts.passed += report.numPassedTests;
    counts.failed += report.numFailedTests;
    counts.skipped += report.numPendingTests + report.numTodoTests;
    const isExplained = code === 0 || report.numFailedTests > 0;
    if (!isExplained || report.numTotalTests === 0) check('npm test ends well', false);
  } catch (error) {
    check(`npm test writes its counts (${error.message})`, false);
  }
}

function git(...args) {
  return execFileSync('git', args, { cwd: clone, encoding: 'utf8' }).trim();
}
