import {
  type Counters,
  describeError,
  type LogEntry,
  linkErrors,
  type Seq,
  type Store,
  type StreamBatch,
  type StreamChannel,
  type Transaction,
} from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import type { PeerLink, Reply } from './peer-link.ts';
import type { BatchMessage, StreamMessage } from './wire-messages.ts';

/** Name of the counters in which a store keeps how far it has each sender's log. */
const POSITIONS = 'link.positions';

interface Receiver {
  readonly take: (tx: Transaction, batch: StreamBatch<unknown>) => void;
  readonly decode: (bytes: Uint8Array) => unknown;
  readonly afterwards: ((batch: StreamBatch<unknown>) => void) | undefined;
}

/**
 * Takes streams. A sender's position moves in the same commit that applies its
 * records, so a batch that comes twice, or whose acknowledgement got lost,
 * takes effect once.
 */
export class Receivers {
  readonly #process: SimProcess;
  readonly #store: Store;
  readonly #receivers = new Map<string, Receiver>();
  /** Where senders that we have nothing of begin, by origin. */
  readonly #begin = new Map<string, Seq>();

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

  onMessage(message: StreamMessage, peer: PeerLink, reply: Reply): void {
    if (message.kind !== 'open' && message.kind !== 'batch') return;
    const { stream } = message;
    const receiver = this.#receivers.get(stream);
    if (receiver === undefined) {
      const { host, plugin } = this.#process;
      const why = describeError(linkErrors.NOT_SERVED({ host, plugin, channel: stream }));
      reply({ kind: 'refused', stream, why });
      return;
    }
    const origin = originOf(peer, stream);
    if (message.kind === 'open') {
      const mark = this.#positions.mark(origin);
      this.#begin.set(origin, message.cursor);
      reply({ kind: 'resume', stream, position: mark === 0 ? undefined : mark });
    } else this.#take(receiver, message, peer, reply);
  }

  get #positions(): Counters {
    return this.#store.counters(POSITIONS);
  }

  #take(receiver: Receiver, message: BatchMessage, peer: PeerLink, reply: Reply): void {
    const { stream } = message;
    const last = message.entries.at(-1)?.seq ?? 0;
    const applied = this.#store.commit((tx) => this.#apply(tx, receiver, message, peer));
    applied.then(
      (batch) => {
        if (batch === 'out of order') return;
        reply({ kind: 'delivered', stream, upTo: last });
        if (batch !== 'duplicate') receiver.afterwards?.(batch);
      },
      (error: unknown) => reply({ kind: 'refused', stream, why: describeError(error) }),
    );
  }

  /**
   * A batch after one that was refused is out of order: the sender has been
   * told already and begins again from our position.
   */
  #apply(
    tx: Transaction,
    receiver: Receiver,
    message: BatchMessage,
    peer: PeerLink,
  ): StreamBatch<unknown> | 'duplicate' | 'out of order' {
    const origin = originOf(peer, message.stream);
    const position = tx.mark(this.#positions, origin) || (this.#begin.get(origin) ?? 0);
    if (message.after > position) return 'out of order';
    const fresh = message.entries.filter((entry) => entry.seq > position);
    const [first, last] = [fresh[0], fresh.at(-1)];
    if (first === undefined || last === undefined) return 'duplicate';
    const entries: LogEntry<unknown>[] = fresh.map(({ seq, value }) => {
      return { seq, value: receiver.decode(value) };
    });
    const batch = { from: peer.identity, entries, gap: first.seq > position + 1 };
    receiver.take(tx, batch);
    tx.setMark(this.#positions, origin, last.seq);
    return batch;
  }
}

/** A sender's log: a new store on the sender's side begins a new count. */
function originOf(peer: PeerLink, stream: string): string {
  const { host, plugin, incarnation } = peer.identity;
  return `${host}/${plugin}/${incarnation}/${stream}`;
}
