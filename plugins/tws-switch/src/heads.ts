import type { WorkstationName } from '@ftctl/plan';
import { checked } from '@ftctl/plan';
import { json, type Table, type Transaction } from '@ftctl/sdk';
import * as v from 'valibot';
import { HEAD_MESSAGES } from './channels.ts';
import { messageChecksum } from './core/checksum.ts';
import type { Envelope } from './core/envelope.ts';
import { originOf } from './core/origin.ts';
import type { Desk } from './desk.ts';

const headSchema = v.strictObject({
  origin: v.string(),
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** Of the messages up to that id, the oldest first. */
  checksums: v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/))),
});
type Head = v.InferOutput<typeof headSchema>;

/**
 * The last messages that each sender has brought itself. A sender whose store was
 * set back, with ids that count on from there, has others by those ids.
 */
export class Heads {
  readonly #rows: Table<Head>;

  constructor({ ctx }: Pick<Desk, 'ctx'>) {
    this.#rows = ctx.store.table(
      'heads',
      json('the last messages of a sender', (row) => checked(headSchema, row)),
    );
  }

  /** Messages of one origin that have come one after the other. */
  note(tx: Transaction, envelopes: readonly Envelope[]): void {
    const recent = envelopes.slice(-HEAD_MESSAGES);
    const [first] = recent;
    const last = recent.at(-1);
    if (first === undefined || last === undefined) return;
    const { ws, id } = first.message;
    const origin = originOf(first.message);
    const before = tx.get(this.#rows, ws);
    const isNext = before?.origin === origin && before.id === id - 1;
    const known = isNext ? before.checksums : [];
    const checksums = [...known, ...recent.map(({ sealed }) => messageChecksum(sealed))];
    const head = { origin, id: last.message.id, checksums: checksums.slice(-HEAD_MESSAGES) };
    tx.put(this.#rows, ws, head);
  }

  /** Of that origin, when it is the one that the sender had at last. */
  of(ws: WorkstationName, origin: string): Pick<Head, 'id' | 'checksums'> | undefined {
    const head = this.#rows.get(ws);
    if (head?.origin !== origin) return undefined;
    const { id, checksums } = head;
    return { id, checksums };
  }
}
