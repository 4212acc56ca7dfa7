/**
 * Runs a program with its output kept aside: one line of progress on stderr
 * while it goes, all of its output when it fails.
 */
import { spawn } from 'node:child_process';

const TICK_INTERVAL_MS = 10_000;
/** Of a failing program's output, the last part is kept. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Resolves with the output; rejects when the program fails. */
export function runLogged(label, command, args, { cwd, env, hint = () => undefined }) {
  return new Promise((resolve, reject) => {
    const startedMs = Date.now();
    const seconds = () => ((Date.now() - startedMs) / 1000).toFixed(1);
    say(`${label} ...`);
    const ticking = setInterval(() => say(`${label} ... ${seconds()} s`), TICK_INTERVAL_MS);
    let output = '';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const collect = (chunk) => {
      output = (output + chunk).slice(-MAX_OUTPUT_BYTES);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const finish = (problem) => {
      clearInterval(ticking);
      if (!problem) {
        say(`${label}: done in ${seconds()} s`);
        resolve(output);
        return;
      }
      process.stderr.write(output);
      const advice = hint(output);
      reject(new Error(`${label} failed: ${problem}${advice ? `\nsetup: ${advice}` : ''}`));
    };
    child.on('error', (error) => finish(`${command} could not be started: ${error.message}`));
    child.on('close', (code, signal) => {
      finish(code === 0 ? undefined : `${command} ended with ${signal ?? `code ${code}`}`);
    });
  });
}

export function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}
