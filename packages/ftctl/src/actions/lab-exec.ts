import type { Call, Context } from '../context.ts';
import { type DirOption, labOf } from '../lab-dir.ts';

/** `ftctl lab exec HOST -- ARGS...`. */
export async function run(
  { io }: Context,
  { args, rest, options }: Call<DirOption>,
): Promise<number> {
  const lab = await labOf(io, options);
  return lab.host(args[0] ?? '').execHere(rest);
}
