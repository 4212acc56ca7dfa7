import {
  DEFAULT_RANGE_ENTRIES,
  DEFAULT_READ_BYTES,
  DEFAULT_READ_RECORDS,
  type LogEntry,
  type ReadLimits,
  type StoreDamage,
  storeErrors,
  type TableRange,
} from '@ftctl/sdk';
import { Block } from './block.ts';
import { decodeNumber, unseal } from './checksum.ts';
import type { Snapshot } from './env.ts';
import {
  blockKey,
  endOfRange,
  KIND,
  memberKey,
  memberOfKey,
  nameKey,
  seqOfBlockKey,
} from './keys.ts';
import { decodeSettings, type LogSettings } from './log-settings.ts';
import { decodeLogState, type LogState } from './log-state.ts';

/**
 * What a snapshot says, as the store's own things: log states, records,
 * cursors, marks, entries. Everything that stands on disk is read here, and
 * every checksum is checked here.
 */
export class View {
  readonly #snapshot: Snapshot;
  readonly #suspect: StoreDamage | undefined;

  /** @param suspect a damaged entry that may be the one that is not found */
  constructor(snapshot: Snapshot, suspect?: StoreDamage) {
    this.#snapshot = snapshot;
    this.#suspect = suspect;
  }

  logState(log: string): LogState | undefined {
    const key = nameKey(KIND.log, log);
    const value = this.#find(key, () => `the state of log ${log}`);
    if (value === undefined) return undefined;
    return decodeLogState(
      unseal(key, value, () => `the state of log ${log}`),
      log,
    );
  }

  /** Undefined for a log that was written before its limits were noted. */
  logSettings(log: string): LogSettings | undefined {
    const key = nameKey(KIND.settings, log);
    const value = this.#snapshot.get(key);
    if (value === undefined) return undefined;
    return decodeSettings(
      unseal(key, value, () => `the limits of log ${log}`),
      log,
    );
  }

  /** Positions by cursor. One that records have been dropped from under stands before the first. */
  cursors(log: string, state: LogState): Map<string, number> {
    const found = new Map<string, number>();
    for (const [name, position] of this.#numbers(KIND.cursor, log, 'cursor')) {
      found.set(name, Math.max(position, state.first - 1));
    }
    return found;
  }

  cursor(log: string, cursor: string, state: LogState): number | undefined {
    const position = this.#number(KIND.cursor, log, cursor, 'cursor');
    return position === undefined ? undefined : Math.max(position, state.first - 1);
  }

  mark(counters: string, origin: string): number {
    return this.#number(KIND.mark, counters, origin, 'counter') ?? 0;
  }

  marks(counters: string): Map<string, number> {
    return new Map(this.#numbers(KIND.mark, counters, 'counter'));
  }

  entry(table: string, key: string): Uint8Array | undefined {
    const fullKey = memberKey(nameKey(KIND.entry, table), key);
    const value = this.#find(fullKey, () => `entry ${key} of table ${table}`);
    if (value === undefined) return undefined;
    return unseal(fullKey, value, () => `entry ${key} of table ${table}`);
  }

  entries(table: string, range: TableRange): [string, Uint8Array][] {
    const prefix = nameKey(KIND.entry, table);
    const from = memberKey(prefix, range.prefix ?? '');
    const limit = range.limit ?? DEFAULT_RANGE_ENTRIES;
    const found: [string, Uint8Array][] = [];
    const bounds = { from: laterOf(from, afterKey(prefix, range.after)), to: endOfRange(from) };
    if (limit <= 0 || Buffer.compare(bounds.from, bounds.to) >= 0) return found;
    for (const { key, value } of this.#snapshot.entries(bounds)) {
      const name = memberOfKey(key, prefix);
      found.push([name, unseal(key, value, () => `entry ${name} of table ${table}`)]);
      if (found.length >= limit) break;
    }
    return found;
  }

  /**
   * Records after a position, within limits; ends before a damaged block.
   *
   * @throws FtError FT_STORE_CORRUPT when the first record to return is damaged
   */
  records(log: string, after: number, limits: ReadLimits = {}): LogEntry<Uint8Array>[] {
    const found: LogEntry<Uint8Array>[] = [];
    const state = this.logState(log);
    const maxRecords = limits.maxRecords ?? DEFAULT_READ_RECORDS;
    const maxBytes = limits.maxBytes ?? DEFAULT_READ_BYTES;
    if (state === undefined || maxRecords <= 0) return found;
    let bytes = 0;
    let next = Math.max(Math.floor(after) + 1, state.first);
    const take = (seq: number, record: Uint8Array): boolean => {
      if (found.length > 0 && bytes + record.length > maxBytes) return false;
      found.push({ seq, value: record });
      bytes += record.length;
      return found.length < maxRecords && bytes < maxBytes;
    };
    for (const block of this.#blocksFrom(log, next, state.last)) {
      if (block === undefined || next < block.firstSeq || next > block.lastSeq) break;
      if (!block.each(next, take)) return found;
      next = block.lastSeq + 1;
    }
    if (found.length === 0 && next <= state.last) throw this.#damage(log, next, state);
    return found;
  }

  /** The block that holds a record; undefined when it is damaged or missing. */
  block(log: string, seq: number): Block | undefined {
    const prefix = nameKey(KIND.block, log);
    const key = this.#snapshot.lastKey(prefix, blockKey(prefix, seq));
    if (key === undefined) return undefined;
    const value = this.#snapshot.get(key);
    const block = value && Block.open(seqOfBlockKey(key), key, value);
    return block !== undefined && block.lastSeq >= seq ? block : undefined;
  }

  /** First numbers of the blocks that start before a record, oldest first. */
  blocksBefore(log: string, seq: number, limit: number): number[] {
    const prefix = nameKey(KIND.block, log);
    return this.#snapshot
      .keys({ from: blockKey(prefix, 0), to: blockKey(prefix, seq) }, limit)
      .map(seqOfBlockKey);
  }

  /** The first block that starts at or after a record. */
  blockFrom(log: string, seq: number): number | undefined {
    const prefix = nameKey(KIND.block, log);
    const range = { from: blockKey(prefix, seq), to: endOfRange(prefix) };
    const key = this.#snapshot.keys(range, 1)[0];
    return key === undefined ? undefined : seqOfBlockKey(key);
  }

  /** The block that holds a record and those after it; undefined for one that is damaged. */
  *#blocksFrom(log: string, seq: number, last: number): Generator<Block | undefined> {
    const prefix = nameKey(KIND.block, log);
    const from = this.#snapshot.lastKey(prefix, blockKey(prefix, seq));
    if (from === undefined) return;
    const range = { from, to: blockKey(prefix, last + 1) };
    for (const { key, value } of this.#snapshot.entries(range)) {
      yield Block.open(seqOfBlockKey(key), key, value);
    }
  }

  /** @throws FtError FT_STORE_CORRUPT when it may be there under a key that is damaged */
  #find(key: Uint8Array, what: () => string): Uint8Array | undefined {
    const value = this.#snapshot.get(key);
    if (value === undefined && this.#suspect !== undefined) {
      const why = `it is not found, and may be what is damaged: ${this.#suspect.what}`;
      throw storeErrors.CORRUPT({ what: what(), why });
    }
    return value;
  }

  #damage(log: string, from: number, state: LogState): Error {
    const nextBlock = this.blockFrom(log, from + 1);
    const to = Math.min(nextBlock === undefined ? state.last : nextBlock - 1, state.last);
    return storeErrors.CORRUPT({
      what: `log ${log}, records ${from} to ${to}`,
      why: 'they are missing, or their checksum does not fit',
    });
  }

  #number(
    kind: typeof KIND.cursor | typeof KIND.mark,
    name: string,
    member: string,
    word: string,
  ): number | undefined {
    const key = memberKey(nameKey(kind, name), member);
    const what = () => `${word} ${member} of ${name}`;
    const value = this.#find(key, what);
    if (value === undefined) return undefined;
    return decodeNumber(unseal(key, value, what), what);
  }

  *#numbers(
    kind: typeof KIND.cursor | typeof KIND.mark,
    name: string,
    word: string,
  ): Generator<[string, number]> {
    const prefix = nameKey(kind, name);
    for (const { key, value } of this.#snapshot.entries({ from: prefix, to: endOfRange(prefix) })) {
      const member = memberOfKey(key, prefix);
      const what = () => `${word} ${member} of ${name}`;
      yield [member, decodeNumber(unseal(key, value, what), what)];
    }
  }
}

/** The smallest key behind an entry. */
function afterKey(prefix: Uint8Array, after: string | undefined): Buffer {
  if (after === undefined) return Buffer.from(prefix);
  return Buffer.concat([memberKey(prefix, after), Buffer.from([0])]);
}

function laterOf(one: Buffer, other: Buffer): Buffer {
  return Buffer.compare(one, other) >= 0 ? one : other;
}
