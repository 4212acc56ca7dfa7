/**
 * Runs each simulation with a fixed number of seeds and a fresh one, which is
 * named in the note: what a fresh seed finds is replayed by its number.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Seeds from 1 of each: about half a minute in all on two cores, a minute on busy ones. */
const FIXED_RUNS = {
  store: 200,
  link: 60,
  'omnibus-probe-peer': 16,
  'tws-switch': 20,
  'plan-mirror': 200,
};
/** A run that takes longer hangs. */
const TIMEOUT_MS = 10 * 60_000;

/** @returns {Promise<{ problems: string[], note: string }>} */
export async function checkSimulations(root) {
  const problems = [];
  const notes = [];
  for (const [name, runs] of Object.entries(FIXED_RUNS)) {
    const fixed = await simulate(root, [name, '--runs', String(runs)]);
    const fresh = await simulate(root, [name, '--seed', 'fresh', '--runs', '1']);
    problems.push(...fixed.problems, ...fresh.problems);
    notes.push(`${name} 1..${runs} and ${fresh.counts?.firstSeed ?? 'none'}`);
  }
  return { problems, note: `seeds of ${notes.join(', ')}` };
}

function simulate(root, args) {
  return new Promise((done, fail) => {
    const output = { stdout: '', stderr: '' };
    const main = join(root, 'tools/sim/dist/main.js');
    const child = spawn(process.execPath, [main, ...args, '--json'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (chunk) => {
        output[name] += chunk;
      });
    }
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done({ problems: [], counts: JSON.parse(output.stdout) });
      else done({ problems: [`sim ${args.join(' ')}:`, ...output.stderr.trim().split('\n')] });
    });
  });
}
