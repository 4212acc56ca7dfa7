import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { type ChildProcess, describeError, type ProcessExit, type Processes } from '@ftctl/sdk';
import { hostErrors } from '../errors.ts';

/** How long output that is on its way may take once the child has ended; a grandchild may hold the pipe. */
const LAST_OUTPUT_MS = 1_000;

/** Child processes of a plugin: only the programs that its manifest lists. */
export function allowedProcesses(plugin: string, allowed: readonly string[]): Processes {
  return {
    start(command, args, options = {}) {
      if (!allowed.includes(command) && !allowed.includes(basename(command))) {
        return Promise.reject(hostErrors.PROCESS_NOT_ALLOWED({ plugin, command }));
      }
      const child = spawn(command, args, {
        stdio: 'pipe',
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.env === undefined ? {} : { env: { ...options.env } }),
      });
      return new Promise((resolve, reject) => {
        child.once('error', (error) =>
          reject(hostErrors.PROCESS_FAILED({ command, why: describeError(error) }, error)),
        );
        child.once('spawn', () => resolve(toChild(child)));
      });
    },
  };
}

function toChild(child: ChildProcessWithoutNullStreams): ChildProcess {
  // A child that closes its input early is seen by `write`.
  child.stdin.on('error', () => child.stdin.destroy());
  const exited = waitForEnd(child);
  return {
    pid: child.pid ?? 0,
    write: (bytes) =>
      new Promise((resolve) => {
        if (child.stdin.destroyed) resolve(false);
        else child.stdin.write(bytes, (error) => resolve(!error));
      }),
    closeInput: () => child.stdin.end(),
    onOutput: (listener) => {
      child.stdout.on('data', (bytes: Buffer) => listener(bytes, 'stdout'));
      child.stderr.on('data', (bytes: Buffer) => listener(bytes, 'stderr'));
    },
    kill: (signal = 'SIGTERM') => {
      child.kill(signal);
    },
    exited,
  };
}

function waitForEnd(child: ChildProcessWithoutNullStreams): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve({ code, signal });
      };
      const timer = setTimeout(done, LAST_OUTPUT_MS);
      child.once('close', done);
      // Output that nobody listens to must not hold the pipes open.
      if (child.stdout.listenerCount('data') === 0) child.stdout.resume();
      if (child.stderr.listenerCount('data') === 0) child.stderr.resume();
    });
  });
}
