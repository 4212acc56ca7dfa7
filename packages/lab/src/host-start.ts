import { type HomePaths, type HostStatus, startHostDetached } from '@ftctl/host';
import { describeError } from '@ftctl/sdk';
import { labErrors } from './errors.ts';
import type { FtctlFiles } from './launch.ts';
import { START_WITHIN_MS } from './limits.ts';

/**
 * Starts a host with the lab's `ftctl` and waits until it answers and no plugin
 * is in the middle of its start. A plugin that fails is no failure of the host.
 *
 * @throws FtError FT_LAB_START
 */
export async function startHost(
  host: string,
  paths: HomePaths,
  files: FtctlFiles,
): Promise<HostStatus> {
  try {
    return await startHostDetached({
      home: paths.home,
      command: [process.execPath, files.cli, 'up', '--home', paths.home],
      timeoutMs: START_WITHIN_MS,
    });
  } catch (error) {
    throw labErrors.START({ host, why: describeError(error), log: paths.logs }, error);
  }
}
