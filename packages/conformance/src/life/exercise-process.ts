import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../requirement.ts';
import { lifeCycleChecks } from './cases.ts';
import type { LifeCycleHarness } from './harness.ts';

/** What the exercise process is told. */
export interface ExerciseOrder {
  /** Of the installed package. */
  readonly folder: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: string;
  /** Other hosts of the simulated world; nobody answers there. */
  readonly peers: readonly string[];
}

export interface ExerciseOptions {
  readonly order: ExerciseOrder;
  /** Path of the exercise entry. */
  readonly entry: string;
  /** A folder of this run alone. */
  readonly workspace: string;
  readonly limits: LifeCycleHarness['limits'];
  readonly environment: NodeJS.ProcessEnv;
}

/** For loading the plugin, and for what the cases need beyond the plugin's own limits. */
const MARGIN_MS = 30_000;
/** How much of what the process printed last goes into a report. */
const SHOWN_OUTPUT_CHARACTERS = 400;

/** Runs the life cycle suite in a process of its own. Answers a result for each of its cases. */
export async function exercise(options: ExerciseOptions): Promise<readonly Result[]> {
  const { order, entry, workspace, limits, environment } = options;
  const orderFile = join(workspace, 'exercise.json');
  const resultsFile = join(workspace, 'exercise.jsonl');
  await writeFile(orderFile, JSON.stringify(order), { mode: 0o600 });
  await writeFile(resultsFile, '');
  const limitMs = MARGIN_MS + lifeCycleChecks.length * (limits.startMs + limits.drainMs);
  const ended = await runToEnd([entry, orderFile, resultsFile], environment, limitMs);
  const lines = (await readFile(resultsFile, 'utf8')).split('\n').filter((line) => line !== '');
  const known = lines.map((line) => JSON.parse(line) as Result);
  return [...known, ...unknownResults(known.length, ended)];
}

/** The case in which the process ended has failed; those after it could not be tested. */
function unknownResults(known: number, ended: string): Result[] {
  return lifeCycleChecks.slice(known).map(({ id, level, text }, index) => ({
    id,
    level,
    text,
    status: index === 0 ? 'failed' : 'skipped',
    detail: index === 0 ? ended : 'the process had ended',
    durationMs: 0,
  }));
}

/** Answers how it ended, and the last that it printed. */
function runToEnd(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  limitMs: number,
): Promise<string> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  let printed = '';
  const keep = (bytes: Buffer) => {
    printed = (printed + bytes.toString('utf8')).slice(-SHOWN_OUTPUT_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const how = signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
      resolve(`its process ${how}${printed.trim() ? `: ${printed.trim()}` : ''}`);
    });
  });
}
