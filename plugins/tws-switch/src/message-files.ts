import { checked, type WorkstationName } from '@ftctl/plan';
import { json, type Log, type Store, type Table, type Transaction } from '@ftctl/sdk';
import * as v from 'valibot';
import type { StoreSizes } from './stores.ts';

/** A message file by its name in the field. */
export type MessageFile = 'own' | 'ftup' | 'ftdown' | 'mirrorbox' | `pobox/${WorkstationName}`;

/**
 * How many times its limit the log of a file may hold: of the own log what cannot
 * wait when it is full, of a pobox and a mirrorbox what one commit adds before it
 * is given up.
 */
export const ROOM = { own: 2, pobox: 2, mirrorbox: 2, ftbox: 1 } as const;

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
  resize<T>(tx: Transaction, file: MessageFile, log: Log<T>, bytes: number): void {
    this.#set.set(file, bytes);
    tx.put(this.#table, file, bytes);
    tx.resize(log, { limitBytes: bytes * ROOM[kindOf(file)] });
  }

  #configured(file: MessageFile): number {
    const { ownBytes, roadBytes, ftboxBytes, mirrorboxBytes } = this.#sizes;
    const bytes = { own: ownBytes, pobox: roadBytes, mirrorbox: mirrorboxBytes, ftbox: ftboxBytes };
    return bytes[kindOf(file)];
  }
}

function kindOf(file: MessageFile): keyof typeof ROOM {
  if (file === 'own' || file === 'mirrorbox') return file;
  return file.startsWith('pobox/') ? 'pobox' : 'ftbox';
}
