import type { Call, Context } from '../context.ts';
import { type DirOption, labOf } from '../lab-dir.ts';

/** `ftctl lab resume HOST`. */
export async function run(
  { out, io }: Context,
  { args, options }: Call<DirOption>,
): Promise<undefined> {
  const host = (await labOf(io, options)).host(args[0] ?? '');
  const processes = await host.resume();
  await out.result(
    { host: host.name, paused: false, processes },
    () => `${host.name} goes on (${processes} processes).`,
  );
}
