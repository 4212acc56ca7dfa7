/** Runs the conformance kit against our own plugins, as their authors would. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, workspacePackages } from './workspace.mjs';

const kit = join(root, 'packages/conformance/bin/conformance.js');
const RUN_TIMEOUT_MS = 300_000;

/** @returns {Promise<{ problems: string[], note: string }>} */
export async function checkConformance() {
  const plugins = workspacePackages().filter((pkg) => pkg.place.startsWith('plugins/'));
  const problems = [];
  // The kit writes its reports where it stands.
  const work = mkdtempSync(join(tmpdir(), 'ftctl-conformance-'));
  try {
    for (const plugin of plugins) {
      const output = await run(['run', plugin.folder], work);
      if (output !== undefined) problems.push(`${plugin.name} does not conform:`, ...output);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return { problems, note: plugins.map((plugin) => plugin.name).join(', ') };
}

/** The kit's output when it fails. */
function run(args, cwd) {
  return new Promise((resolve) => {
    const options = { cwd, timeout: RUN_TIMEOUT_MS };
    execFile(process.execPath, [kit, ...args], options, (failure, stdout, stderr) => {
      resolve(failure ? `${stdout}\n${stderr}`.trim().split('\n') : undefined);
    });
  });
}
