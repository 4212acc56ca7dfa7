import type { LogInspection, StoreInspection, StoreOrigin } from '@ftctl/sdk';
import type { Call, Context } from '../context.ts';
import { bytes } from '../output/bytes.ts';
import { errorLines, exitOf, forStores, NO_STORES, toJson } from '../stores.ts';

/** `ftctl store stats [PLUGIN]`. */
export async function run(context: Context, { args }: Call<unknown>): Promise<number> {
  const { out } = context;
  const results = await forStores(context, args[0], (stores, plugin) => stores.inspect(plugin));
  await out.result(toJson(results), async () => {
    if (results.length === 0) return NO_STORES;
    const parts = [];
    for (const one of results) {
      if ('result' in one) parts.push(await show(one.plugin, one.result, out));
    }
    return [...parts, ...errorLines(results)].join('\n\n');
  });
  return exitOf(results);
}

async function show(plugin: string, store: StoreInspection, out: Context['out']): Promise<string> {
  const { fileBytes, freeBytes, readers, incarnation, format } = store;
  const parts = [
    [
      `${out.paint('bold', plugin)}  ${bytes(fileBytes)} on disk, ${bytes(freeBytes)} of it free, ${readers} readers`,
      `format ${format}, incarnation ${incarnation}, ${originOf(store.origin)}`,
    ].join('\n'),
  ];
  if (store.logs.length > 0) {
    const columns = [
      'LOG',
      'RECORDS',
      'FIRST',
      'LAST',
      'BYTES',
      'FULL',
      'AT LIMIT',
      'CURSORS BEHIND',
    ];
    parts.push(await out.table({ columns, rows: store.logs.map(logRow) }));
  }
  const sets = [
    ...store.tables.map((one) => ['table', one.name, String(one.entries), bytes(one.bytes)]),
    ...store.counters.map((one) => ['counters', one.name, String(one.entries), bytes(one.bytes)]),
  ];
  if (sets.length > 0) {
    parts.push(await out.table({ columns: ['KIND', 'NAME', 'ENTRIES', 'BYTES'], rows: sets }));
  }
  return parts.join('\n\n');
}

function logRow(log: LogInspection): string[] {
  const { name, first, last, limits, overflow, topic, cursors } = log;
  const records = last - first + 1;
  return [
    topic ? `${name} (topic)` : name,
    limits?.limitRecords === undefined ? String(records) : `${records} of ${limits.limitRecords}`,
    String(first),
    String(last),
    limits === undefined ? bytes(log.bytes) : `${bytes(log.bytes)} of ${bytes(limits.limitBytes)}`,
    limits === undefined ? '' : `${Math.round((100 * log.bytes) / limits.limitBytes)} %`,
    overflow ?? '',
    cursors.map((cursor) => `${cursor.name}: ${cursor.lag}`).join('\n'),
  ];
}

function originOf({ kind, at, from }: StoreOrigin): string {
  const when = at === 0 ? '' : ` ${new Date(at).toISOString()}`;
  const backup = from ? ` from a backup of ${new Date(from.takenAt).toISOString()}` : '';
  return `${kind}${when}${backup}`;
}
