import {
  DEFAULT_READ_BYTES,
  DEFAULT_READ_RECORDS,
  type LogBounds,
  type LogEntry,
  type LogLimits,
  type LogOptions,
  type ReadLimits,
  type Seq,
  storeErrors,
} from '@ftctl/sdk';
import { isDamaged } from './damage.ts';

/** Limits and policy of a log. */
export interface LogSettings {
  readonly limits: LogLimits;
  readonly overflow: LogOptions<unknown>['overflow'];
  readonly resized: boolean;
}

/** The records and cursors of one log, as they are on disk or as a commit sees them. */
export class LogRecords {
  readonly name: string;
  readonly cursors: Map<string, Seq>;
  /** True once a commit has recorded that others may read it. */
  topic = false;
  settings: LogSettings | undefined;
  #records: Uint8Array[] = [];
  #first: Seq = 1;
  #bytes = 0;

  constructor(name: string, from?: LogRecords) {
    this.name = name;
    this.cursors = new Map(from?.cursors);
    if (from === undefined) return;
    this.topic = from.topic;
    this.settings = from.settings;
    this.#records = [...from.#records];
    this.#first = from.#first;
    this.#bytes = from.#bytes;
  }

  get last(): Seq {
    return this.#first + this.#records.length - 1;
  }

  bounds(): LogBounds {
    return { first: this.#first, last: this.last, bytes: this.#bytes };
  }

  /** The cursor that lags most; of several the first by name. */
  laggard(): string | undefined {
    const ordered = [...this.cursors].sort(([leftName, left], [rightName, right]) => {
      return left - right || (leftName < rightName ? -1 : 1);
    });
    return ordered[0]?.[0];
  }

  push(bytes: Uint8Array): void {
    this.#records.push(bytes);
    this.#bytes += bytes.length;
  }

  /** Takes back the newest record. */
  pop(): void {
    this.#bytes -= this.#records.pop()?.length ?? 0;
  }

  /** Drops records up to `upTo`; answers how to take that back. */
  dropUpTo(upTo: Seq): () => void {
    const count = Math.min(this.#records.length, Math.max(0, upTo - this.#first + 1));
    const dropped = this.#records.slice(0, count);
    const bytes = dropped.reduce((sum, record) => sum + record.length, 0);
    this.#records = this.#records.slice(count);
    this.#first += count;
    this.#bytes -= bytes;
    return () => {
      this.#records = [...dropped, ...this.#records];
      this.#first -= count;
      this.#bytes += bytes;
    };
  }

  /**
   * Ends before a damaged record; the first one to return must be whole.
   *
   * @throws FtError FT_STORE_CORRUPT
   */
  read(after: Seq, limits: ReadLimits = {}): LogEntry<Uint8Array>[] {
    const maxRecords = limits.maxRecords ?? DEFAULT_READ_RECORDS;
    const maxBytes = limits.maxBytes ?? DEFAULT_READ_BYTES;
    const entries: LogEntry<Uint8Array>[] = [];
    let bytes = 0;
    const start = Math.max(0, after + 1 - this.#first);
    for (let index = start; index < this.#records.length; index += 1) {
      const record = this.#records[index] as Uint8Array;
      bytes += record.length;
      if (entries.length >= maxRecords || (entries.length > 0 && bytes > maxBytes)) break;
      const seq = this.#first + index;
      if (isDamaged(record)) {
        if (entries.length > 0) break;
        const what = `record ${seq} of log ${this.name}`;
        throw storeErrors.CORRUPT({ what, why: 'its checksum does not fit' });
      }
      entries.push({ seq, value: record.slice() });
    }
    return entries;
  }

  /** A record as it lies on disk. */
  raw(seq: Seq): Uint8Array | undefined {
    return this.#records[seq - this.#first];
  }

  rawRecords(): readonly Uint8Array[] {
    return this.#records;
  }
}
