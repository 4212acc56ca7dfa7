import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A PostgreSQL of the test's own: it may be killed, frozen and filled. */

/** Newest first; where Debian and its kin have them. */
function binaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const [newest] = readdirSync(root).sort((one, other) => Number(other) - Number(one));
  const folder = newest === undefined ? '' : join(root, newest, 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : undefined;
}

/** The server refuses to run as root: then it runs as the user that it was installed for. */
function account(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0)
    return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** Undefined when it can be started; else why not. */
export function whyNoPostgres(): string | undefined {
  if (binaries() === undefined) return 'no PostgreSQL is installed under /usr/lib/postgresql';
  return account() === undefined ? 'run as root, and there is no user postgres' : undefined;
}

export class OwnPostgres {
  readonly port: number;
  readonly #bin: string;
  readonly #folder: string;
  readonly #account: { readonly uid: number; readonly gid: number };
  #process: ChildProcess | undefined;

  private constructor(bin: string, port: number, who: { uid: number; gid: number }) {
    this.#bin = bin;
    this.port = port;
    this.#account = who;
    this.#folder = mkdtempSync(join(tmpdir(), 'ft-pg-'));
    if (process.getuid?.() === 0) chownSync(this.#folder, who.uid, who.gid);
  }

  static async start(): Promise<OwnPostgres> {
    const [bin, who] = [binaries(), account()];
    if (bin === undefined || who === undefined) throw new Error(whyNoPostgres());
    const server = new OwnPostgres(bin, await freePort(), who);
    const args = ['-D', server.#folder, '-U', 'ft', '-A', 'trust', '-E', 'UTF8'];
    const made = spawnSync(join(bin, 'initdb'), args, { ...who, encoding: 'utf8', cwd: tmpdir() });
    if (made.status !== 0) throw new Error(`initdb: ${made.stdout}${made.stderr}`);
    await server.begin();
    return server;
  }

  get url(): string {
    return `postgres://ft@127.0.0.1:${this.port}/postgres`;
  }

  async begin(): Promise<void> {
    const options = ['-D', this.#folder, '-p', String(this.port), '-k', this.#folder];
    this.#process = spawn(join(this.#bin, 'postgres'), [...options, '-h', '127.0.0.1'], {
      ...this.#account,
      cwd: tmpdir(),
      stdio: 'ignore',
    });
    for (let tries = 0; tries < 150; tries += 1) {
      if (this.query('select 1').status === 0) return;
      await sleep(200);
    }
    throw new Error('it does not answer');
  }

  /** Statements by `psql`. */
  query(text: string, user = 'ft'): { readonly status: number | null; readonly stdout: string } {
    const { status, stdout } = spawnSync(
      join(this.#bin, 'psql'),
      [this.url.replace('ft@', `${user}@`), '-X', '-A', '-t', '-c', text],
      { encoding: 'utf8', env: { ...process.env, PGCONNECT_TIMEOUT: '2' }, timeout: 10_000 },
    );
    return { status, stdout: stdout.trim() };
  }

  /** All of its processes at once, as when the machine dies under it. */
  kill(): void {
    this.#signal('SIGKILL');
    this.#process = undefined;
  }

  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  async stop(): Promise<void> {
    const ended = this.#process;
    this.thaw();
    this.#signal('SIGKILL');
    if (ended?.exitCode === null && ended.signalCode === null) {
      await new Promise((resolve) => ended.once('exit', resolve));
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  #signal(signal: NodeJS.Signals): void {
    const postmaster = this.#process?.pid;
    if (postmaster === undefined) return;
    // The postmaster first: it would start anew whom it misses.
    for (const pid of [postmaster, ...childrenOf(postmaster)]) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself.
      }
    }
  }
}

function childrenOf(pid: number): readonly number[] {
  const listed = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return listed.stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [Number(line)]));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
