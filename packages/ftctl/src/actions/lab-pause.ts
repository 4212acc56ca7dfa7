import type { Call, Context } from '../context.ts';
import { type DirOption, labOf } from '../lab-dir.ts';

/** `ftctl lab pause HOST`. */
export async function run(
  { out, io }: Context,
  { args, options }: Call<DirOption>,
): Promise<undefined> {
  const host = (await labOf(io, options)).host(args[0] ?? '');
  const processes = await host.pause();
  await out.result(
    { host: host.name, paused: true, processes },
    () => `${host.name} is paused (${processes} processes).`,
  );
}
