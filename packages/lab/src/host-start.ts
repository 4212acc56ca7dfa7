import { callHost, type HomePaths, type HostStatus } from '@ftctl/host';
import { isFtError } from '@ftctl/sdk';
import { labErrors } from './errors.ts';
import { type FtctlFiles, lastLine, launch } from './launch.ts';
import { START_WITHIN_MS } from './limits.ts';
import { waitUntil } from './wait.ts';

/**
 * Starts the daemon of a host and waits until it answers and no plugin is in
 * the middle of its start. A plugin that fails is no failure of the host.
 *
 * @param output file for what the daemon prints
 * @throws FtError FT_LAB_START
 */
export async function startHost(
  host: string,
  paths: HomePaths,
  files: FtctlFiles,
  output: string,
): Promise<HostStatus> {
  const daemon = await launch(files.cli, ['up', '--home', paths.home], output);
  const look = async (): Promise<HostStatus | undefined> => {
    const why = daemon.ended();
    if (why !== undefined) {
      const said = await lastLine(output);
      throw labErrors.START({ host, why: said === '' ? why : said, log: output });
    }
    const status = await statusOf(paths);
    return status?.plugins.some(({ state }) => state === 'starting') ? undefined : status;
  };
  try {
    return await waitUntil(look, { timeoutMs: START_WITHIN_MS, what: `the start of ${host}` });
  } catch (error) {
    if (!isFtError(error, 'FT_LAB_TIMEOUT')) throw error;
    throw labErrors.START({ host, why: error.message, log: output }, error);
  }
}

async function statusOf(paths: HomePaths): Promise<HostStatus | undefined> {
  try {
    return await callHost<HostStatus>(paths, 'status');
  } catch (error) {
    // Not there yet, or too busy with its start to answer.
    if (isFtError(error, 'FT_HOST_DOWN') || isFtError(error, 'FT_HOST_NOT_ANSWERING')) {
      return undefined;
    }
    throw error;
  }
}
