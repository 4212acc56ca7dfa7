import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Launch } from '../../core/jobman/attempt.ts';
import type { JobFolder } from './job-folder.ts';
import { logFile } from './job-logs.ts';

const LOG_MODE = 0o600;

/** The launcher as it is built, beside the plugin's own entry module. */
export function builtLauncher(): string {
  return fileURLToPath(new URL('./launcher.js', import.meta.url));
}

export interface StartedLauncher {
  readonly pid: number;
  /** With how it ended; never while the system cannot tell. */
  onExit(listener: (code: number | null, signal: string | null) => void): void;
}

export interface LauncherStart {
  readonly folder: JobFolder;
  readonly key: string;
  readonly launcher: string;
  readonly killGraceMs: number;
}

/**
 * Starts a launcher that outlives this process: its own session, no pipe, no
 * channel; what it and its job print goes to the job's log.
 *
 * @throws what the system says; no launcher runs then
 */
export async function startLauncher(
  launch: Launch,
  { folder, key, launcher, killGraceMs }: LauncherStart,
): Promise<StartedLauncher> {
  await folder.writeIntent(key, {
    command: launch.command,
    cwd: launch.cwd ?? defaultFolder(),
    env: { ...launch.env, FTCTL_JOB: launch.job, FTCTL_ATTEMPT: String(launch.attempt) },
    killGraceMs,
  });
  const log = await open(logFile(folder.log, launch), 'a', LOG_MODE);
  try {
    const child = spawn(process.execPath, [launcher, folder.state, key], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: '/',
      env: launcherEnvironment(),
    });
    child.unref();
    const exit = new Promise<[number | null, string | null]>((resolve) => {
      child.once('exit', (code, signal) => resolve([code, signal]));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return {
      pid: child.pid as number,
      onExit: (listener) => void exit.then(([code, signal]) => listener(code, signal)),
    };
  } finally {
    await log.close();
  }
}

/** As cron does; a home that does not exist keeps no job from running. */
function defaultFolder(): string {
  const home = homedir();
  return existsSync(home) ? home : '/';
}

/** The plugin's own, which its host has filtered; options for this Node are not for jobs. */
function launcherEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...rest } = process.env;
  return rest;
}
