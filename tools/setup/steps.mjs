/** The steps of the set-up: install when something it depends on changed, then build. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withLock } from './lock.mjs';
import { runLogged, say } from './run-logged.mjs';
import { buildStamp, installStamp } from './stamp.mjs';

/** Installs and builds the checkout at `root`; fast when nothing changed. */
export async function setUp(root) {
  const startedMs = Date.now();
  const state = join(root, 'node_modules', '.ftctl-setup');
  const waiting = (pid) => say(`another set-up runs (process ${pid}), waiting for it`);
  await withLock(join(state, 'lock'), waiting, async () => {
    await step(
      join(state, 'install.stamp'),
      () => installStamp(root),
      () => install(root),
    );
    await step(
      join(state, 'build.stamp'),
      () => buildStamp(root),
      () => build(root),
    );
  });
  say(`ready (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
}

/** Runs `work` unless the stamp says that nothing changed since it last succeeded. */
async function step(file, stamp, work) {
  const before = stamp();
  if (before !== undefined && before === readStamp(file)) return;
  rmSync(file, { force: true });
  await work();
  const after = stamp();
  mkdirSync(join(file, '..'), { recursive: true });
  if (after !== undefined) writeFileSync(file, after);
}

function readStamp(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `pnpm@VERSION` as the root package.json pins it. */
export function pinnedPnpm(root) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (!/^pnpm@\d+\.\d+\.\d+$/.test(packageManager ?? '')) {
    throw new Error(`packageManager is "${packageManager}", expected pnpm@MAJOR.MINOR.PATCH`);
  }
  return packageManager;
}

async function install(root) {
  const pnpm = pinnedPnpm(root);
  const args = ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false'];
  await runLogged(
    'installing dependencies',
    'npx',
    ['-y', '--loglevel=error', pnpm, ...args, '--reporter=append-only'],
    {
      cwd: root,
      env: process.env,
      hint: (output) =>
        output.includes('ERR_PNPM_OUTDATED_LOCKFILE')
          ? `a package.json changed; run \`npx -y ${pnpm} install\` and commit pnpm-lock.yaml`
          : undefined,
    },
  );
}

async function build(root) {
  const bin = join(root, 'node_modules', '.bin');
  await runLogged(
    'building',
    join(bin, 'turbo'),
    ['run', 'build', '--output-logs=errors-only', '--ui=stream', '--no-update-notifier'],
    {
      cwd: root,
      env: {
        ...process.env,
        // turbo asks the package manager for its version, so it must find it.
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        TURBO_TELEMETRY_DISABLED: '1',
        DO_NOT_TRACK: '1',
      },
    },
  );
}
