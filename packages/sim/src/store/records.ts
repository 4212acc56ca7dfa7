import type { LogBounds, LogEntry, ReadLimits, Seq } from '@ftctl/sdk';
import { storeErrors } from '@ftctl/sdk';

interface StoredRecord {
  readonly bytes: Uint8Array;
  /** Set by a fault: its checksum no longer fits. Shared by all copies of the record. */
  readonly damage: { found: boolean };
}

const DEFAULT_READ_RECORDS = 1_000;
const DEFAULT_READ_BYTES = 1024 * 1024;

/** The records and cursors of one log, as they are on disk or as a commit sees them. */
export class LogRecords {
  readonly name: string;
  readonly cursors: Map<string, Seq>;
  #records: StoredRecord[] = [];
  #first: Seq = 1;
  #bytes = 0;

  constructor(name: string, from?: LogRecords) {
    this.name = name;
    this.cursors = new Map(from?.cursors);
    if (from === undefined) return;
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

  push(bytes: Uint8Array): Seq {
    this.#records.push({ bytes, damage: { found: false } });
    this.#bytes += bytes.length;
    return this.last;
  }

  /** Takes back the newest record. */
  pop(): void {
    this.#bytes -= this.#records.pop()?.bytes.length ?? 0;
  }

  /** Drops records up to `upTo`; answers how to take that back. */
  dropUpTo(upTo: Seq): () => void {
    const count = Math.min(this.#records.length, Math.max(0, upTo - this.#first + 1));
    const dropped = this.#records.slice(0, count);
    const bytes = dropped.reduce((sum, record) => sum + record.bytes.length, 0);
    this.#records = this.#records.slice(count);
    this.#first += count;
    this.#bytes -= bytes;
    return () => {
      this.#records = [...dropped, ...this.#records];
      this.#first -= count;
      this.#bytes += bytes;
    };
  }

  /** @throws FtError FT_STORE_CORRUPT */
  read(after: Seq, limits: ReadLimits = {}): LogEntry<Uint8Array>[] {
    const maxRecords = limits.maxRecords ?? DEFAULT_READ_RECORDS;
    const maxBytes = limits.maxBytes ?? DEFAULT_READ_BYTES;
    const entries: LogEntry<Uint8Array>[] = [];
    let bytes = 0;
    const start = Math.max(0, after + 1 - this.#first);
    for (let index = start; index < this.#records.length; index += 1) {
      const record = this.#records[index] as StoredRecord;
      bytes += record.bytes.length;
      if (entries.length >= maxRecords || (entries.length > 0 && bytes > maxBytes)) break;
      const seq = this.#first + index;
      if (record.damage.found) {
        const what = `record ${seq} of log ${this.name}`;
        throw storeErrors.CORRUPT({ what, why: 'its checksum does not fit' });
      }
      entries.push({ seq, value: record.bytes.slice() });
    }
    return entries;
  }

  /** Damages a record, as a failing disk would. False when the log does not hold it. */
  damage(seq: Seq): boolean {
    const record = this.#records[seq - this.#first];
    if (record !== undefined) record.damage.found = true;
    return record !== undefined;
  }
}
