import {
  describeError,
  json,
  linkErrors,
  type Seq,
  type Store,
  type StreamBatch,
  type StreamChannel,
  type Table,
  type Transaction,
} from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import type { Opening, Session } from './session.ts';
import type { BatchMessage, OpenMessage } from './wire-messages.ts';

/** How far a sender's log has been applied here. A new store of the sender begins a new count. */
interface Position {
  readonly incarnation: string;
  readonly seq: Seq;
}

const position = json<Position>('position of a stream', (value) => value as Position);

interface Receiver {
  readonly take: (tx: Transaction, batch: StreamBatch<unknown>) => void;
  readonly decode: (bytes: Uint8Array) => unknown;
  readonly afterwards: ((batch: StreamBatch<unknown>) => void) | undefined;
}

type Applied = StreamBatch<unknown> | 'duplicate' | 'out of order';

/**
 * Takes streams. A sender's position moves in the same commit that applies its
 * records, so a batch that comes twice, or whose acknowledgement got lost,
 * takes effect once.
 */
export class Receivers {
  readonly #process: SimProcess;
  readonly #store: Store;
  readonly #receivers = new Map<string, Receiver>();
  #opened: Table<Position> | undefined;

  constructor(process: SimProcess, store: Store) {
    this.#process = process;
    this.#store = store;
  }

  receive<T>(
    channel: StreamChannel<T>,
    apply: (tx: Transaction, batch: StreamBatch<T>) => void,
    then?: (batch: StreamBatch<T>) => void,
  ): void {
    if (this.#receivers.has(channel.name)) {
      throw linkErrors.MISUSE({ why: `stream ${channel.name} is received already` });
    }
    this.#receivers.set(channel.name, {
      decode: (bytes) => channel.codec.decode(bytes),
      take: (tx, batch) => apply(tx, batch as StreamBatch<T>),
      afterwards: then === undefined ? undefined : (batch) => then(batch as StreamBatch<T>),
    });
  }

  onOpen(message: OpenMessage, session: Session): void {
    const { opening, channel, log } = message;
    if (!this.#receivers.has(channel)) {
      const { host, plugin } = this.#process;
      const why = describeError(linkErrors.NOT_SERVED({ host, plugin, channel }));
      session.reply({ kind: 'refused', opening, why });
      return;
    }
    const { from } = session;
    const stored = this.#positions.get(keyOf(session, channel, log));
    const known = stored?.incarnation === from.incarnation ? stored.seq : undefined;
    session.openings.set(opening, { channel, log, first: true, refused: false });
    session.reply({ kind: 'resume', opening, position: known });
  }

  onBatch(message: BatchMessage, session: Session): void {
    const { opening: id } = message;
    const opening = session.openings.get(id);
    const receiver = this.#receivers.get(opening?.channel ?? '');
    const last = message.entries.at(-1)?.seq;
    if (opening === undefined || opening.refused) return;
    if (receiver === undefined || last === undefined) return;
    const applied = this.#store.commit((tx) => {
      return this.#apply(tx, receiver, opening, message, session);
    });
    applied.then(
      (batch) => {
        if (batch === 'out of order') return;
        session.reply({ kind: 'delivered', opening: id, upTo: last });
        if (batch !== 'duplicate') receiver.afterwards?.(batch);
      },
      (error: unknown) => {
        if (opening.refused) return;
        opening.refused = true;
        session.reply({ kind: 'refused', opening: id, why: describeError(error) });
      },
    );
  }

  /**
   * A batch after one that was refused is out of order: the sender has been
   * told and begins again from our position.
   */
  #apply(
    tx: Transaction,
    receiver: Receiver,
    opening: Opening,
    message: BatchMessage,
    session: Session,
  ): Applied {
    const key = keyOf(session, opening.channel, opening.log);
    const { from } = session;
    const stored = tx.get(this.#positions, key);
    const known = stored?.incarnation === from.incarnation ? stored.seq : undefined;
    // Without a position the sender begins where it likes, but only its first batch may.
    if (known === undefined ? !opening.first : message.after > known) return 'out of order';
    const fresh = message.entries.filter((entry) => entry.seq > (known ?? 0));
    const [first, last] = [fresh[0], fresh.at(-1)];
    if (first === undefined || last === undefined) return 'duplicate';
    const entries = fresh.map(({ seq, value }) => ({ seq, value: receiver.decode(value) }));
    const batch = { from, entries, gap: first.seq > (known ?? 0) + 1 };
    receiver.take(tx, batch);
    tx.put(this.#positions, key, { incarnation: from.incarnation, seq: last.seq });
    opening.first = false;
    return batch;
  }

  get #positions(): Table<Position> {
    this.#opened ??= this.#store.table('link.positions', position);
    return this.#opened;
  }
}

function keyOf(session: Session, channel: string, log: string): string {
  return `${session.from.host}/${session.from.plugin}/${channel}/${log}`;
}
