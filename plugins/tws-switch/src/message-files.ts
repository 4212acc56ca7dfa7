import { checked, type WorkstationName } from '@ftctl/plan';
import { json, type Log, type Store, type Table, type Transaction } from '@ftctl/sdk';
import * as v from 'valibot';
import type { Envelope } from './core/envelope.ts';
import type { StoreSizes } from './stores.ts';

/** A message file by its name in the field. */
export type MessageFile = 'own' | 'ftup' | 'ftdown' | `pobox/${WorkstationName}`;

/**
 * How many times its limit the log of a file may hold: of the own log what cannot
 * wait when it is full, of a pobox what one commit adds before it is given up.
 */
const ROOM = { own: 2, pobox: 2, ftbox: 1 } as const;

const bytesSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** How large the message files may become: as configured, or as `evtsize` has set it, through restarts. */
export class MessageFiles {
  readonly #sizes: StoreSizes;
  readonly #table: Table<number>;
  /** As `evtsize` has set them; asked for with each message. */
  readonly #set: Map<string, number>;

  constructor(store: Pick<Store, 'table'>, sizes: StoreSizes) {
    this.#sizes = sizes;
    this.#table = store.table(
      'evtsize',
      json('a size', (value) => checked(bytesSchema, value)),
    );
    this.#set = new Map(this.#table.entries());
  }

  limitOf(file: MessageFile): number {
    return this.#set.get(file) ?? this.#configured(file);
  }

  /** From this commit on. */
  resize(tx: Transaction, file: MessageFile, log: Log<Envelope>, bytes: number): void {
    this.#set.set(file, bytes);
    tx.put(this.#table, file, bytes);
    const kind = file === 'own' ? 'own' : file.startsWith('pobox/') ? 'pobox' : 'ftbox';
    tx.resize(log, { limitBytes: bytes * ROOM[kind] });
  }

  #configured(file: MessageFile): number {
    if (file === 'own') return this.#sizes.ownBytes;
    return file.startsWith('pobox/') ? this.#sizes.roadBytes : this.#sizes.ftboxBytes;
  }
}
