import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type HostStatus, homePaths } from '@ftctl/host';

const run = promisify(execFile);
const checkout = resolve(import.meta.dirname, '../../..');
const ftctl = join(checkout, 'packages/ftctl/bin/ftctl.js');
const COMMAND_TIMEOUT_MS = 60_000;

/** A plugin of this workspace that a benchmark runs, with the least that it needs. */
export const PLUGIN = 'omnibus-probe-peer';
const CONFIG = `host: bench
metrics:
  port: 0
plugins:
  ${PLUGIN}:
    port: 0
    config:
      role: objectserver
`;

/** A host with one plugin, driven by the built `ftctl`. */
export interface RunningHost {
  ftctl(...args: string[]): Promise<string>;
  status(): Promise<HostStatus>;
  readonly runRecord: string;
  stop(): Promise<void>;
}

export async function startHost(): Promise<RunningHost> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
  const home = join(folder, 'home');
  const command = async (...args: string[]) => {
    const options = { timeout: COMMAND_TIMEOUT_MS };
    const { stdout } = await run(process.execPath, [ftctl, '--home', home, ...args], options);
    return stdout;
  };
  const host: RunningHost = {
    ftctl: command,
    status: async () => JSON.parse(await command('status', '--json')) as HostStatus,
    runRecord: homePaths(home).runRecord(PLUGIN),
    async stop() {
      await command('down');
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await command('init', '--name', 'bench');
    await writeFile(join(home, 'ftctl.yaml'), CONFIG);
    await command('plugin', 'add', join(checkout, 'plugins', PLUGIN));
    await command('up', '--detach');
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  }
}
