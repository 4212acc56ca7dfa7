import type { Call, Context } from '../context.ts';
import { type DirOption, labOf } from '../lab-dir.ts';

interface CutCommandOptions extends DirOption {
  readonly silent?: boolean;
  readonly oneWay?: boolean;
}

/** `ftctl lab cut A B`. */
export async function run(
  { out, io }: Context,
  { args, options }: Call<CutCommandOptions>,
): Promise<undefined> {
  const [a = '', b = ''] = args;
  const { oneWay = false } = options;
  const silent = oneWay || options.silent === true;
  await (await labOf(io, options)).cut(a, b, { silent, oneWay });
  await out.result({ a, b, silent, oneWay }, () => {
    if (oneWay) return `What ${a} sends to ${b} is lost.`;
    return silent ? `Nothing passes between ${a} and ${b}.` : `${a} and ${b} are cut.`;
  });
}
