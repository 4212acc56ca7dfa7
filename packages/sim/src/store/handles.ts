import type {
  Codec,
  Counters,
  Log,
  LogEntry,
  ReadLimits,
  Seq,
  Table,
  TableRange,
} from '@ftctl/sdk';
import { DEFAULT_RANGE_ENTRIES } from '@ftctl/sdk';
import type { LogRecords } from './records.ts';
import type { SimTable } from './transaction.ts';

/** Handles read what is on disk, never what is only staged. */

export function logHandle<T>(
  name: string,
  codec: Codec<T>,
  source: { records(): LogRecords; listen(listener: () => void): () => void },
): Log<T> {
  const readEncoded = (after: Seq, limits?: ReadLimits) => source.records().read(after, limits);
  return {
    name,
    codec,
    bounds: () => source.records().bounds(),
    read: (after, limits) => decodeAll(readEncoded(after, limits), codec),
    readEncoded,
    position: (cursor) => source.records().cursors.get(cursor),
    cursors: () => Object.fromEntries(source.records().cursors),
    onAppend: (listener) => source.listen(listener),
  };
}

export function decodeAll<T>(
  entries: readonly LogEntry<Uint8Array>[],
  codec: Codec<T>,
): readonly LogEntry<T>[] {
  return entries.map(({ seq, value }) => ({ seq, value: codec.decode(value) }));
}

export function countersHandle(name: string, marks: () => ReadonlyMap<string, number>): Counters {
  return {
    name,
    mark: (origin) => marks().get(origin) ?? 0,
    marks: () => Object.fromEntries(marks()),
  };
}

export function tableHandle<V>(
  name: string,
  codec: Codec<V>,
  rows: () => ReadonlyMap<string, Uint8Array>,
): Table<V> {
  const table: SimTable<V> = {
    name,
    codec,
    get: (key) => {
      const bytes = rows().get(key);
      return bytes === undefined ? undefined : codec.decode(bytes.slice());
    },
    entries: (range = {}) =>
      keysOf(rows(), range).map((key) => {
        const bytes = rows().get(key) as Uint8Array;
        return [key, codec.decode(bytes.slice())] as const;
      }),
  };
  return table;
}

function keysOf(rows: ReadonlyMap<string, Uint8Array>, range: TableRange): string[] {
  const { prefix = '', after = '', limit = DEFAULT_RANGE_ENTRIES } = range;
  return [...rows.keys()]
    .filter((key) => key.startsWith(prefix) && (after === '' || compareKeys(key, after) > 0))
    .sort(compareKeys)
    .slice(0, limit);
}

/** By Unicode code point, which is the order of their bytes in UTF-8. */
function compareKeys(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
