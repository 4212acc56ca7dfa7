import { describeError, isFtError } from '@ftctl/sdk';
import { hostErrors } from '../errors.ts';
import { readManifest } from '../manifest.ts';
import { pluginEnvironment } from './environment.ts';
import { callShortProcess } from './short-process.ts';

/** How long loading a plugin may take in a trial. */
const PROBE_WITHIN_MS = 15_000;

/** How much of what the trial prints goes into an error, from the end. */
const SHOWN_OUTPUT_CHARACTERS = 400;

/**
 * Loads a plugin in a throwaway process: its entry can be imported, is made by
 * `definePlugin`, fits this contract and has the handlers that its manifest
 * declares. Nothing of it runs in this process.
 *
 * @param options.folder of its package
 * @param options.runner path of the runner's entry module
 * @throws FtError FT_HOST_PROBE, FT_HOST_NOT_A_PLUGIN, FT_HOST_COMMANDS, FT_HOST_API, FT_HOST_MANIFEST
 */
export async function probePlugin(options: {
  readonly folder: string;
  readonly runner: string;
  readonly timeoutMs?: number;
}): Promise<void> {
  const { folder, runner, timeoutMs = PROBE_WITHIN_MS } = options;
  const manifest = await readManifest(folder);
  let printed = '';
  const call = callShortProcess(
    {
      runner,
      mode: 'probe',
      environment: pluginEnvironment(manifest),
      who: 'the trial',
      onOutput: (bytes) => {
        printed = (printed + Buffer.from(bytes).toString('utf8')).slice(-SHOWN_OUTPUT_CHARACTERS);
      },
    },
    'probe',
    { folder },
    { timeoutMs, answerWithinMs: timeoutMs },
  );
  try {
    await call.answer;
  } catch (error) {
    if (isFtError(error) && !['FT_HOST_CUT', 'FT_HOST_NOT_ANSWERING'].includes(error.code)) {
      throw error;
    }
    const why = printed.trim() || describeError(error);
    throw hostErrors.PROBE({ plugin: manifest.id, ms: timeoutMs, why }, error);
  }
}
