import type { Call, Context } from '../context.ts';
import { switchPlugin } from '../plugin-switch.ts';

/** `ftctl plugin enable ID`. */
export function run(context: Context, { args }: Call<unknown>): Promise<undefined> {
  return switchPlugin(context, args[0] ?? '', true);
}
