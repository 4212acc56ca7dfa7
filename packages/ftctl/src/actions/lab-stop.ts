import type { Call, Context } from '../context.ts';
import { type DirOption, labOf } from '../lab-dir.ts';

/** `ftctl lab stop HOST`. */
export async function run(
  { out, io }: Context,
  { args, options }: Call<DirOption>,
): Promise<undefined> {
  const host = (await labOf(io, options)).host(args[0] ?? '');
  await host.stop();
  await out.result({ host: host.name, stopped: true }, () => `${host.name} has stopped.`);
}
