import type { Call, Context } from '../context.ts';
import { bytes } from '../output/bytes.ts';
import { errorLines, exitOf, forStores, NO_STORES, toJson } from '../stores.ts';

/** `ftctl store compact [PLUGIN]`. */
export async function run(context: Context, { args }: Call<unknown>): Promise<number> {
  const results = await forStores(context, args[0], (stores, plugin, onStep) => {
    onStep('compacting');
    return stores.compact(plugin, onStep);
  });
  await context.out.result(toJson(results), () => {
    if (results.length === 0) return NO_STORES;
    const lines = results.flatMap((one) => {
      if ('error' in one) return [];
      const { bytesBefore, bytesAfter } = one.result;
      return [`${one.plugin}: ${bytes(bytesBefore)} before, ${bytes(bytesAfter)} now`];
    });
    return [...lines, ...errorLines(results)].join('\n');
  });
  return exitOf(results);
}
