import type { FileCheck } from '@ftctl/host/stores';
import type { Call, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes } from '../output/bytes.ts';
import { errorLines, exitOf, forStores, NO_STORES, type StoreResult, toJson } from '../stores.ts';

/** `ftctl store check [PLUGIN]`. */
export async function run(context: Context, { args }: Call<unknown>): Promise<number> {
  const { out } = context;
  const results = await forStores(context, args[0], (stores, plugin, onStep) => {
    onStep('checking');
    return stores.check(plugin, (done) => onStep('checking', done));
  });
  await out.result(toJson(results), () => show(results, out));
  const damaged = results.some((one) => 'result' in one && one.result.damaged > 0);
  return damaged ? EXIT.failed : exitOf(results);
}

async function show(
  results: readonly StoreResult<FileCheck>[],
  out: Context['out'],
): Promise<string> {
  if (results.length === 0) return NO_STORES;
  const rows = results.map((one) =>
    'error' in one
      ? [one.plugin, 'not readable', '', '', '']
      : [one.plugin, stateOf(one.result), ...countsOf(one.result)],
  );
  const columns = ['PLUGIN', 'STATE', 'RECORDS', 'VALUES', 'FILE'];
  const table = await out.table(
    { columns, rows },
    {
      paint: (line, column, row) =>
        column === 1 ? out.paint(rows[row]?.[1] === 'whole' ? 'green' : 'red', line) : line,
    },
  );
  const damage = results.flatMap((one) => ('result' in one ? damageLines(one) : []));
  const trouble = [...damage, ...errorLines(results)];
  return trouble.length === 0 ? table : `${table}\n\n${trouble.join('\n')}`;
}

function stateOf({ damaged }: FileCheck): string {
  return damaged === 0 ? 'whole' : `${damaged} damaged`;
}

function countsOf({ records, values, fileBytes }: FileCheck): string[] {
  return [String(records), String(values), bytes(fileBytes)];
}

function damageLines({ plugin, result }: { plugin: string; result: FileCheck }): string[] {
  const { damage, damaged } = result;
  const lines = damage.map(({ what, why }) => `${plugin}: ${what} is damaged: ${why}`);
  const more = damaged - damage.length;
  if (more > 0) lines.push(`${plugin}: and ${more} more`);
  if (damaged > 0) lines.push(`Check the disk, then \`ftctl store restore ${plugin} FOLDER\`.`);
  return lines;
}
