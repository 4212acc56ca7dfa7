import { type LogLimits, type Seq, storeErrors } from '@ftctl/sdk';
import { isDamaged } from './damage.ts';
import { LogRecords, type LogSettings } from './records.ts';

/** One change, as a commit stages it and a flush writes it. */
export type Change =
  | {
      readonly kind: 'create';
      readonly log: string;
      readonly topic: boolean;
      /** What the plugin's code says; limits of an earlier resize stay. */
      readonly settings: LogSettings;
    }
  | { readonly kind: 'resize'; readonly log: string; readonly limits: LogLimits }
  | { readonly kind: 'append'; readonly log: string; readonly bytes: Uint8Array }
  | { readonly kind: 'cursor'; readonly log: string; readonly cursor: string; readonly to: Seq }
  | { readonly kind: 'drop-cursor'; readonly log: string; readonly cursor: string }
  | { readonly kind: 'drop'; readonly log: string; readonly upTo: Seq }
  | {
      readonly kind: 'mark';
      readonly counters: string;
      readonly origin: string;
      readonly id: number;
    }
  | {
      readonly kind: 'value';
      readonly table: string;
      readonly key: string;
      /** Undefined deletes. */
      readonly bytes: Uint8Array | undefined;
    };

/**
 * Everything a store holds. There are two of each store: what is on disk, and
 * what commits see, which is ahead of it. Both get the same changes in the same
 * order, so they cannot drift apart.
 */
export class StoreState {
  readonly #logs = new Map<string, LogRecords>();
  readonly #counters = new Map<string, Map<string, number>>();
  readonly #tables = new Map<string, Map<string, Uint8Array>>();

  constructor(from?: StoreState) {
    if (from === undefined) return;
    for (const [name, log] of from.#logs) this.#logs.set(name, new LogRecords(name, log));
    for (const [name, marks] of from.#counters) this.#counters.set(name, new Map(marks));
    for (const [name, rows] of from.#tables) this.#tables.set(name, new Map(rows));
  }

  log(name: string): LogRecords {
    return entry(this.#logs, name, () => new LogRecords(name));
  }

  marks(counters: string): Map<string, number> {
    return entry(this.#counters, counters, () => new Map());
  }

  rows(table: string): Map<string, Uint8Array> {
    return entry(this.#tables, table, () => new Map());
  }

  logs(): ReadonlyMap<string, LogRecords> {
    return this.#logs;
  }

  counters(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return this.#counters;
  }

  tables(): ReadonlyMap<string, ReadonlyMap<string, Uint8Array>> {
    return this.#tables;
  }

  /** @throws FtError FT_STORE_CORRUPT */
  value(table: string, key: string): Uint8Array | undefined {
    const bytes = this.#tables.get(table)?.get(key);
    if (bytes !== undefined && isDamaged(bytes)) {
      const what = `value ${key} of table ${table}`;
      throw storeErrors.CORRUPT({ what, why: 'its checksum does not fit' });
    }
    return bytes?.slice();
  }

  /** Every record and value as it lies on disk. */
  *rawBytes(): Iterable<Uint8Array> {
    yield* this.rawRecords();
    for (const rows of this.#tables.values()) yield* rows.values();
  }

  /** Every record as it lies on disk. */
  *rawRecords(): Iterable<Uint8Array> {
    for (const log of this.#logs.values()) yield* log.rawRecords();
  }

  /** Makes one change; answers how to take it back. */
  apply(change: Change): () => void {
    switch (change.kind) {
      case 'create':
        return this.#create(this.log(change.log), change.topic, change.settings);
      case 'resize': {
        const log = this.log(change.log);
        const before = log.settings;
        if (before) log.settings = { ...before, limits: change.limits, resized: true };
        return () => {
          log.settings = before;
        };
      }
      case 'append': {
        const log = this.log(change.log);
        log.push(change.bytes);
        return () => log.pop();
      }
      case 'cursor':
        return put(this.log(change.log).cursors, change.cursor, change.to);
      case 'drop-cursor':
        return put(this.log(change.log).cursors, change.cursor, undefined);
      case 'drop':
        return this.log(change.log).dropUpTo(change.upTo);
      case 'mark':
        return put(this.marks(change.counters), change.origin, change.id);
      case 'value':
        return put(this.rows(change.table), change.key, change.bytes);
    }
  }

  #create(log: LogRecords, topic: boolean, settings: LogSettings): () => void {
    const before = { topic: log.topic, settings: log.settings };
    log.topic = topic;
    log.settings = before.settings?.resized
      ? { ...before.settings, overflow: settings.overflow }
      : settings;
    return () => {
      log.topic = before.topic;
      log.settings = before.settings;
    };
  }
}

function entry<V>(map: Map<string, V>, name: string, make: () => V): V {
  let value = map.get(name);
  if (value === undefined) {
    value = make();
    map.set(name, value);
  }
  return value;
}

/** Sets or deletes; answers how to take it back. */
function put<V>(map: Map<string, V>, key: string, value: V | undefined): () => void {
  const before = map.get(key);
  if (value === undefined) map.delete(key);
  else map.set(key, value);
  return () => {
    if (before === undefined) map.delete(key);
    else map.set(key, before);
  };
}
