import type { Call, Context } from '../context.ts';
import { switchPlugin } from '../plugin-switch.ts';

/** `ftctl plugin disable ID`. */
export function run(context: Context, { args }: Call<unknown>): Promise<undefined> {
  return switchPlugin(context, args[0] ?? '', false);
}
