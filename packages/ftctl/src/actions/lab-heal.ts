import type { Call, Context } from '../context.ts';
import { type DirOption, labOf } from '../lab-dir.ts';

/** `ftctl lab heal A B`. */
export async function run(
  { out, io }: Context,
  { args, options }: Call<DirOption>,
): Promise<undefined> {
  const [a = '', b = ''] = args;
  await (await labOf(io, options)).heal(a, b);
  await out.result({ a, b, healed: true }, () => `${a} and ${b} reach each other again.`);
}
