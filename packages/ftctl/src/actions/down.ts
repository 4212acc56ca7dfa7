import { downHost } from '@ftctl/host/daemon';
import { isFtError } from '@ftctl/sdk';
import type { Call, Context } from '../context.ts';
import { cliErrors } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { Progress } from '../output/progress.ts';

/** `ftctl down`. */
export async function run(
  { out, paths, io }: Context,
  { options }: Call<{ readonly force?: boolean }>,
): Promise<number> {
  const progress = new Progress(io);
  progress.step('stopping the host and its plugins');
  try {
    const { host, stopped } = await downHost({ home: paths.home, force: options.force === true });
    progress.done();
    await out.result({ host, stopped }, () => {
      if (!host && stopped.length === 0) return 'Nothing was running.';
      const what = [...(host ? ['The host'] : []), ...stopped.map((id) => `plugin ${id}`)];
      return `Stopped: ${what.join(', ')}.`;
    });
    return EXIT.ok;
  } catch (error) {
    if (isFtError(error, 'FT_HOST_NOT_ANSWERING')) throw cliErrors.NOT_STOPPING({}, error);
    throw error;
  } finally {
    progress.done();
  }
}
