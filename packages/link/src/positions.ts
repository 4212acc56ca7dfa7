import { json, type Peer, type Store, type Table, type Transaction } from '@ftctl/sdk';
import { isRecord } from './core/fields.ts';
import { MAX_LOGS_PER_STREAM } from './core/limits.ts';
import { INCARNATION } from './core/names.ts';
import type { Position } from './core/stream-receiver.ts';

/** Which log of which peer. */
export interface StreamSource {
  readonly from: Peer;
  readonly channel: string;
  readonly log: string;
}

const position = json<Position>('stream position', (value) => {
  if (!isRecord(value)) throw new Error('not an object');
  const { incarnation, seq } = value;
  if (typeof incarnation !== 'string' || !INCARNATION.test(incarnation)) {
    throw new Error('no incarnation');
  }
  if (!Number.isSafeInteger(seq)) throw new Error('no number');
  return { incarnation, seq: seq as number };
});

/** How far each peer's logs have been applied here; kept in the plugin's own store. */
export class Positions {
  readonly #table: Table<Position>;

  constructor(store: Store) {
    this.#table = store.table('link.positions', position);
  }

  /** What is on disk: the position to begin from. */
  stored(source: StreamSource): Position | undefined {
    return this.#table.get(keyOf(source));
  }

  /** False when that peer has brought more logs on that stream than are kept. */
  hasRoom(source: StreamSource): boolean {
    if (this.stored(source) !== undefined) return true;
    const prefix = prefixOf(source);
    return this.#table.entries({ prefix, limit: MAX_LOGS_PER_STREAM }).length < MAX_LOGS_PER_STREAM;
  }

  get(tx: Transaction, source: StreamSource): Position | undefined {
    return tx.get(this.#table, keyOf(source));
  }

  set(tx: Transaction, source: StreamSource, seq: number): void {
    tx.put(this.#table, keyOf(source), { incarnation: source.from.incarnation, seq });
  }
}

function keyOf(source: StreamSource): string {
  return `${prefixOf(source)}${source.log}`;
}

// None of the parts before the log's name can hold a slash.
function prefixOf({ from, channel }: StreamSource): string {
  return `${from.host}/${from.plugin}/${channel}/`;
}
