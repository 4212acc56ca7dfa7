import {
  type Codec,
  type Counters,
  DEFAULT_RANGE_ENTRIES,
  type Log,
  type LogEntry,
  type ReadLimits,
  type Seq,
  type Table,
  type TableRange,
} from '@ftctl/sdk';
import type { LogRecords } from './records.ts';
import type { StoreState } from './state.ts';

/**
 * What a plugin holds of its store. Handles read what is on disk, never what is
 * only staged. `disk` throws once the store is closed.
 */
export interface HandleSource {
  disk(): StoreState;
}

export function logHandle<T>(
  name: string,
  codec: Codec<T>,
  source: HandleSource & { listen(listener: () => void): () => void },
): Log<T> {
  const records = (): LogRecords => source.disk().log(name);
  const readEncoded = (after: Seq, limits?: ReadLimits) => records().read(after, limits);
  return {
    name,
    codec,
    bounds: () => records().bounds(),
    read: (after, limits) => decodeAll(readEncoded(after, limits), codec),
    readEncoded,
    position: (cursor) => records().cursors.get(cursor),
    cursors: () => Object.fromEntries([...records().cursors].sort(byKey)),
    onAppend: (listener) => source.listen(listener),
  };
}

export function decodeAll<T>(
  entries: readonly LogEntry<Uint8Array>[],
  codec: Codec<T>,
): readonly LogEntry<T>[] {
  return entries.map(({ seq, value }) => ({ seq, value: codec.decode(value) }));
}

export function countersHandle(name: string, source: HandleSource): Counters {
  const marks = () => source.disk().marks(name);
  return {
    name,
    mark: (origin) => marks().get(origin) ?? 0,
    marks: () => Object.fromEntries([...marks()].sort(byKey)),
  };
}

/** A table of a simulated store keeps its codec, which transactions need. */
export interface SimTable<V> extends Table<V> {
  readonly codec: Codec<V>;
}

export function tableHandle<V>(name: string, codec: Codec<V>, source: HandleSource): SimTable<V> {
  const get = (key: string) => {
    const bytes = source.disk().value(name, key);
    return bytes === undefined ? undefined : codec.decode(bytes);
  };
  return {
    name,
    codec,
    get,
    entries: (range = {}) =>
      keysOf(source.disk().rows(name), range).map((key) => [key, get(key) as V] as const),
  };
}

function keysOf(rows: ReadonlyMap<string, Uint8Array>, range: TableRange): string[] {
  const { prefix = '', after, limit = DEFAULT_RANGE_ENTRIES } = range;
  return [...rows.keys()]
    .filter((key) => key.startsWith(prefix))
    .filter((key) => after === undefined || compareKeys(key, after) > 0)
    .sort(compareKeys)
    .slice(0, limit);
}

function byKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return compareKeys(left[0], right[0]);
}

const SURROGATES_FROM = 0xd800;
const SURROGATES_TO = 0xdfff;

/** By Unicode code point, which is the order of their bytes in UTF-8. */
function compareKeys(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) return placeOf(a) - placeOf(b);
  }
  return left.length - right.length;
}

/** A half of a pair stands for a code point beyond all that one unit can tell. */
function placeOf(unit: number): number {
  return unit >= SURROGATES_FROM && unit <= SURROGATES_TO ? unit + 0x10000 : unit;
}
