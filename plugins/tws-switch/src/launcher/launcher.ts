/**
 * Runs one attempt of a job: `launcher FOLDER`. A process of its own, started
 * detached, so that it outlives the plugin. It claims the attempt, runs the
 * command, and writes how it ended; who finds the claim taken runs nothing
 * (decision 11, Jobs).
 */
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { type Claim, type ExitRecord, FILES, type IntentFile } from '../io/jobs/attempt-folder.ts';
import { claimName, replaceFlushed } from '../io/jobs/durable.ts';
import { identityOf, ownIdentity } from '../io/jobs/process-identity.ts';

/** The exit record cannot be written: the disk may have room again in a while. */
const RECORD_TRIES = 60;
const RECORD_RETRY_MS = 1_000;

const folder = process.argv[2] ?? '';
const intent = JSON.parse(readFileSync(join(folder, FILES.intent), 'utf8')) as IntentFile;
const startMs = Date.now();
const claim: Claim = { launcher: ownIdentity(), startMs };
if (claimName(join(folder, FILES.claim), JSON.stringify(claim))) run();

function run(): void {
  const log = openSync(join(folder, FILES.log), 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', intent.command], {
    // A group of its own: `kill` ends the command with all it has started, and not the launcher.
    detached: true,
    stdio: ['ignore', log, log],
    env: intent.env,
    cwd: intent.env.HOME ?? '/',
  });
  child.on('error', () => record(127));
  child.on('spawn', () => {
    const identity = identityOf(child.pid ?? 0);
    replaceFlushed(join(folder, FILES.process), JSON.stringify(identity));
  });
  child.on('exit', (code, signal) => {
    record(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  });
}

function record(rc: number, tries = 1): void {
  const exit: ExitRecord = { rc, startMs, endMs: Date.now() };
  try {
    replaceFlushed(join(folder, FILES.exit), JSON.stringify(exit));
  } catch (error) {
    // Without a record nobody knows how it ended: the job becomes DONE.
    if (tries >= RECORD_TRIES) throw error;
    setTimeout(() => record(rc, tries + 1), RECORD_RETRY_MS);
  }
}
