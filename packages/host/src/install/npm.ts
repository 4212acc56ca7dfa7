import { spawn } from 'node:child_process';
import { installErrors } from './errors.ts';

/** Most bytes of npm's output that are kept; a larger answer is an error. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;
/** How much of what npm printed goes into an error's line. */
const MAX_REASON_LENGTH = 400;

export interface NpmOptions {
  readonly cwd: string;
  readonly timeLimitMs: number;
  /** Registry to use instead of the configured one. */
  readonly registry?: string | undefined;
}

/** Arguments of every call: nothing of a package runs, nothing is asked or reported. */
const ALWAYS = [
  '--ignore-scripts',
  '--workspaces=false',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--loglevel=error',
  // npm waits 10 and 60 s between its tries, which looks like a hang to whoever sits before it.
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

/**
 * Runs `npm COMMAND ARGS...` as a child process and answers its standard output.
 *
 * @throws FtError FT_INSTALL_NO_NPM, FT_INSTALL_NPM, FT_INSTALL_NPM_TIMEOUT, or
 *   FT_INSTALL_INTEGRITY when what npm downloaded is not what the registry promised
 */
export function runNpm(
  command: string,
  args: readonly string[],
  options: NpmOptions,
): Promise<string> {
  const registry = options.registry === undefined ? [] : ['--registry', options.registry];
  const child = spawn('npm', [command, ...ALWAYS, ...registry, ...args], {
    cwd: options.cwd,
    env: npmEnvironment(process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child.stdout, () => child.kill('SIGKILL'));
  const complaints = collect(child.stderr, () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.timeLimitMs);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        error.code === 'ENOENT'
          ? installErrors.NO_NPM({}, error)
          : installErrors.NPM({ command, why: error.message }, error),
      );
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      if (timedOut) {
        reject(installErrors.NPM_TIMEOUT({ command, seconds: options.timeLimitMs / 1_000 }));
      } else if (code === 0) {
        resolve(output());
      } else {
        reject(npmFailure(command, args, complaints(), output()));
      }
    });
  });
}

/**
 * Settings inherited from an `npm run` or `npx` around us that would change what
 * our own calls do. All others (registry, proxy, credentials, cache) stay.
 */
const FOREIGN_SETTINGS = new Set(
  [
    'workspace',
    'workspaces',
    'include_workspace_root',
    'global',
    'location',
    'prefix',
    'local_prefix',
    'dry_run',
    'ignore_scripts',
    'omit',
    'include',
    'production',
    'only',
    'also',
    'json',
    'pack_destination',
    'package_lock_only',
    'loglevel',
    'call',
    'package',
  ].map((name) => `npm_config_${name}`),
);

export function npmEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !FOREIGN_SETTINGS.has(name.toLowerCase())),
  );
}

function collect(
  stream: NodeJS.ReadableStream & { on(event: 'data', listener: (piece: Buffer) => void): unknown },
  tooMuch: () => void,
): () => string {
  const pieces: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > MAX_OUTPUT_BYTES) tooMuch();
    else pieces.push(piece);
  });
  return () => Buffer.concat(pieces).toString('utf8');
}

function npmFailure(command: string, args: readonly string[], complaints: string, output: string) {
  const why = reason(complaints, output);
  if (/\bEINTEGRITY\b/.test(complaints) || /\bEINTEGRITY\b/.test(output)) {
    return installErrors.INTEGRITY({ source: args.at(-1) ?? command, why });
  }
  return installErrors.NPM({ command, why });
}

/** What npm complained of, as one line, without its prefix and its hints at log files. */
function reason(complaints: string, output: string): string {
  const lines = complaints
    .split('\n')
    .filter((line) => !/^npm (warn|WARN)/.test(line))
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '' && !/complete log of this run|^code |-debug-\d*\.log/.test(line));
  const text = lines.join('; ') || output.trim().replace(/\s+/g, ' ') || 'it gave no reason';
  return text.length > MAX_REASON_LENGTH ? `${text.slice(0, MAX_REASON_LENGTH)}...` : text;
}
