import type {
  Codec,
  Counters,
  Log,
  LogBounds,
  LogEntry,
  ReadLimits,
  Seq,
  Table,
  TableRange,
} from '@ftctl/sdk';
import { boundsOf, EMPTY_LOG } from './log-state.ts';
import type { View } from './view.ts';

/** Where handles read: what is on disk, at the time of the call. */
export interface DurableSource {
  /** @throws FtError FT_STORE_CLOSED */
  read<R>(use: (view: View) => R): R;
  onAppend(log: string, listener: () => void): () => void;
}

export class LogHandle<T> implements Log<T> {
  readonly name: string;
  readonly codec: Codec<T>;
  readonly #source: DurableSource;

  constructor(name: string, codec: Codec<T>, source: DurableSource) {
    this.name = name;
    this.codec = codec;
    this.#source = source;
  }

  bounds(): LogBounds {
    return this.#source.read((view) => boundsOf(view.logState(this.name) ?? EMPTY_LOG));
  }

  read(after: Seq, limits?: ReadLimits): readonly LogEntry<T>[] {
    return decodeEntries(this.readEncoded(after, limits), this.codec);
  }

  readEncoded(after: Seq, limits?: ReadLimits): readonly LogEntry<Uint8Array>[] {
    return this.#source.read((view) => view.records(this.name, after, limits));
  }

  position(cursor: string): Seq | undefined {
    return this.#source.read((view) => {
      const state = view.logState(this.name);
      return state && view.cursor(this.name, cursor, state);
    });
  }

  cursors(): Readonly<Record<string, Seq>> {
    return this.#source.read((view) => {
      const state = view.logState(this.name);
      return state === undefined ? {} : Object.fromEntries(view.cursors(this.name, state));
    });
  }

  onAppend(listener: () => void): () => void {
    return this.#source.onAppend(this.name, listener);
  }
}

export class CountersHandle implements Counters {
  readonly name: string;
  readonly #source: DurableSource;

  constructor(name: string, source: DurableSource) {
    this.name = name;
    this.#source = source;
  }

  mark(origin: string): number {
    return this.#source.read((view) => view.mark(this.name, origin));
  }

  marks(): Readonly<Record<string, number>> {
    return this.#source.read((view) => Object.fromEntries(view.marks(this.name)));
  }
}

export class TableHandle<V> implements Table<V> {
  readonly name: string;
  readonly codec: Codec<V>;
  readonly #source: DurableSource;

  constructor(name: string, codec: Codec<V>, source: DurableSource) {
    this.name = name;
    this.codec = codec;
    this.#source = source;
  }

  get(key: string): V | undefined {
    const encoded = this.#source.read((view) => view.entry(this.name, key));
    return encoded === undefined ? undefined : this.codec.decode(encoded);
  }

  entries(range: TableRange = {}): readonly (readonly [string, V])[] {
    const found = this.#source.read((view) => view.entries(this.name, range));
    return found.map(([key, encoded]) => [key, this.codec.decode(encoded)] as const);
  }
}

export function decodeEntries<T>(
  entries: readonly LogEntry<Uint8Array>[],
  codec: Codec<T>,
): readonly LogEntry<T>[] {
  return entries.map(({ seq, value }) => ({ seq, value: codec.decode(value) }));
}
