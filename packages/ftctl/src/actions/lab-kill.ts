import type { Call, Context } from '../context.ts';
import { cliErrors } from '../errors.ts';
import { type DirOption, labOf } from '../lab-dir.ts';

interface KillCommandOptions extends DirOption {
  readonly signal: string;
  readonly plugin?: string;
  readonly daemon?: boolean;
  readonly withJobs?: boolean;
}

/** `ftctl lab kill HOST`. */
export async function run(
  { out, io }: Context,
  { args, options }: Call<KillCommandOptions>,
): Promise<undefined> {
  const { signal, plugin, daemon, withJobs } = options;
  if (plugin !== undefined && daemon) {
    const why = '--plugin and --daemon exclude each other';
    throw cliErrors.USAGE({ why, help: 'ftctl lab kill' });
  }
  const host = (await labOf(io, options)).host(args[0] ?? '');
  const count = await host.kill({
    signal,
    ...(plugin !== undefined && { plugin }),
    ...(daemon && { daemon }),
    ...(withJobs && { withJobs }),
  });
  await out.result(
    { host: host.name, signal, processes: count },
    () => `${signal} sent to ${count} ${count === 1 ? 'process' : 'processes'} of ${host.name}.`,
  );
}
