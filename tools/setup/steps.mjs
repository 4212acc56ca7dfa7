/** The steps of the set-up: install when something it depends on changed, then build. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { runLogged, say } from './run-logged.mjs';
import { installStamp } from './stamp.mjs';

/** Installs and builds the checkout at `root`; fast when nothing changed. */
export async function setUp(root) {
  const startedMs = Date.now();
  const state = join(root, 'node_modules', '.ftctl-setup');
  const waiting = (pid) => say(`another set-up runs (process ${pid}), waiting for it`);
  await withLock(join(state, 'lock'), waiting, async () => {
    await installWhenNeeded(root, join(state, 'install.stamp'));
    await build(root);
  });
  say(`ready (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
}

async function installWhenNeeded(root, file) {
  const stamp = installStamp(root);
  if (stamp !== undefined && stamp === readStamp(file)) return;
  rmSync(file, { force: true });
  await install(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, installStamp(root) ?? '');
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

/** turbo builds what changed; files that are current it does not touch, so running programs go on. */
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
