import { type ChildProcess, spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The files of an `ftctl` that runs the hosts. */
export interface FtctlFiles {
  readonly cli: string;
  /** Entry of a plugin's process. */
  readonly runner: string;
  /** Entry of the lab's relay. */
  readonly relay: string;
}

/** From the binary's path to what stands beside it. */
export function ftctlFiles(ftctl: string): FtctlFiles {
  const cli = realpathSync(ftctl);
  const dist = join(dirname(cli), '..', 'dist');
  return { cli, runner: join(dist, 'runner.js'), relay: join(dist, 'relay.js') };
}

/** A process that goes on when this one ends, and what became of it meanwhile. */
export interface Launched {
  readonly pid: number;
  /** Why it has ended; undefined while it runs. */
  ended(): string | undefined;
}

/** Starts a node program on its own, its output going to a file. */
export async function launch(
  script: string,
  args: readonly string[],
  output: string,
): Promise<Launched> {
  const log = await open(output, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [script, ...args], {
      detached: true,
      cwd: dirname(output),
      stdio: ['ignore', log.fd, log.fd],
    });
    const end = watchEnd(child);
    child.unref();
    if (child.pid === undefined) throw new Error(`${script} could not be started`);
    return { pid: child.pid, ended: () => end.why };
  } finally {
    await log.close();
  }
}

function watchEnd(child: ChildProcess): { why?: string } {
  const end: { why?: string } = {};
  child.once('error', (error) => {
    end.why = error.message;
  });
  child.once('exit', (code, signal) => {
    end.why = signal ? `it was ended by ${signal}` : `it ended with code ${code}`;
  });
  return end;
}

/** The last line that a launched process has printed, to say why it ended. */
export async function lastLine(output: string): Promise<string> {
  const lines = (await readFile(output, 'utf8')).trimEnd().split('\n');
  return lines.at(-1) ?? '';
}
