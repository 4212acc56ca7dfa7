import type { Call, Context } from '../context.ts';
import { type DirOption, labOf } from '../lab-dir.ts';

/** `ftctl lab start HOST`. */
export async function run(
  { out, io }: Context,
  { args, options }: Call<DirOption>,
): Promise<undefined> {
  const host = (await labOf(io, options)).host(args[0] ?? '');
  const status = await host.start();
  await out.result(status, () => `${host.name} is up, process ${status.pid}.`);
}
