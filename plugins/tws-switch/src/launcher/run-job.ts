import { type ChildProcess, spawn } from 'node:child_process';
import type { ExitRecord, JobProcess, LaunchIntent } from './attempt-files.ts';
import { startTimes } from './identity.ts';
import type { KillRequest } from './kill-request.ts';

/**
 * Runs the command by the shell in a session and process group of its own, its
 * output to this process's own, and waits for its end.
 */
export function runJob(
  intent: LaunchIntent,
  killRequest: KillRequest,
  onStarted: (job: JobProcess) => void,
): Promise<ExitRecord> {
  const startMs = Date.now();
  return new Promise((resolve) => {
    const fail = (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      resolve({ outcome: 'failed', why: `the shell cannot be started in ${intent.cwd}: ${why}` });
    };
    let child: ChildProcess;
    try {
      child = startShell(intent);
    } catch (error) {
      // What Node does not tell by an event, such as an environment that is too large.
      fail(error);
      return;
    }
    child.once('error', fail);
    const { pid } = child;
    if (pid === undefined) return;
    killRequest.aimAt(pid, intent.killGraceMs);
    child.once('exit', (rc, signal) => {
      killRequest.release();
      const how = rc === null ? { signal: String(signal) } : { rc };
      resolve({ outcome: 'ended', ...how, startMs, endMs: Date.now() });
    });
    const startTime = startTimes([pid]).get(pid);
    if (startTime !== undefined) onStarted({ pid, startTime });
  });
}

function startShell({ command, cwd, env }: LaunchIntent): ChildProcess {
  return spawn('sh', ['-c', command], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    cwd,
    env: { ...process.env, ...env },
  });
}
