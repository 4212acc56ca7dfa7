import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@ftctl/host/runner';
import { createLink } from '@ftctl/link';
import { bytes, type Logger, type StreamChannel } from '@ftctl/sdk';
import { openStore } from '@ftctl/store';
import { sendBeats, timeBeats } from './beats.ts';
import { sendBlocks, serveBlocks } from './blocks.ts';
import { credentialsOf, type Identity } from './identity.ts';
import { type RawOrder, receiveRawBlocks, sendRawBlocks } from './raw-blocks.ts';
import { sendAtRate } from './send-at-rate.ts';
import { sendAtTopSpeed, type Way } from './send-at-top-speed.ts';

const PLUGIN = 'bench';
/** More than waits at any time of a run. */
const OUTBOX_BYTES = 512 * 2 ** 20;
/** The receiver keeps the newest. */
const INBOX_BYTES = 64 * 2 ** 20;
const EVENTS: StreamChannel<Uint8Array> = { name: 'events', codec: bytes };

export interface NodeSetUp {
  readonly folder: string;
  readonly host: 'sender' | 'receiver';
  /** Address of the receiver, for the sender. */
  readonly receiver?: string;
  /** Without one there is no TLS. */
  readonly identity?: Identity;
}

export type NodeOrder =
  | { readonly kind: 'top-speed'; readonly batchRecords: number; readonly forMs: number }
  | { readonly kind: 'at-rate'; readonly eventsPerS: number; readonly forMs: number }
  | { readonly kind: 'blocks'; readonly blockBytes: number; readonly forMs: number }
  | { readonly kind: 'beats' }
  | { readonly kind: 'raw-listen' }
  | ({ readonly kind: 'raw-blocks' } & RawOrder)
  | { readonly kind: 'stop' };

export interface Node {
  /** Where links are accepted. */
  readonly port: number | undefined;
  carryOut(order: NodeOrder): Promise<unknown>;
}

/** A store and a link: the receiver appends what comes to a log, the sender ships its outbox. */
export async function startNode(setUp: NodeSetUp): Promise<Node> {
  const { folder, host, receiver, identity } = setUp;
  const sockets = join(folder, 's');
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  const store = await openStore({ path: join(folder, 'store'), plugin: PLUGIN, sockets });
  const service = createLink({
    self: { host, plugin: PLUGIN },
    store,
    directory: receiver === undefined ? {} : { receiver: { [PLUGIN]: receiver } },
    ...(host === 'receiver' && { listen: { address: '127.0.0.1', port: 0 } }),
    ...(identity && { credentials: credentialsOf(identity) }),
    clock: systemClock,
    random: systemRandom,
    log: warnings,
  });
  const { link } = service;
  const inbox = store.log('inbox', {
    codec: bytes,
    limitBytes: INBOX_BYTES,
    overflow: 'overwrite',
  });
  link.receive(EVENTS, (tx, { entries }) => {
    for (const { value } of entries) tx.append(inbox, value);
  });
  serveBlocks(link);
  const beats = timeBeats(link);
  const outbox = store.log('outbox', {
    codec: bytes,
    limitBytes: OUTBOX_BYTES,
    overflow: 'refuse',
  });
  const port = await service.start();
  const shipment =
    receiver === undefined
      ? undefined
      : link.ship(EVENTS, outbox, { host: 'receiver' }, 'receiver');
  if (shipment !== undefined) sendBeats(link);
  let listener: (upTo: number) => void = () => undefined;
  shipment?.onDelivered((upTo) => listener(upTo));
  const way = (): Way => {
    if (shipment === undefined) throw new Error('a receiver sends nothing');
    return {
      store,
      outbox,
      delivered: () => shipment.status().delivered,
      onDelivered: (next) => {
        listener = next;
      },
    };
  };
  return {
    port,
    async carryOut(order) {
      switch (order.kind) {
        case 'top-speed':
          return sendAtTopSpeed(way(), order);
        case 'at-rate':
          return sendAtRate(way(), order);
        case 'blocks':
          return sendBlocks(link, order);
        case 'beats':
          return beats();
        case 'raw-listen':
          return receiveRawBlocks(identity);
        case 'raw-blocks':
          return sendRawBlocks(order, identity);
        case 'stop':
          await service.stop();
          return store.close();
      }
    },
  };
}

const warnings: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (text) => void process.stderr.write(`bench events: ${text}\n`),
  error: (text) => void process.stderr.write(`bench events: ${text}\n`),
  child: () => warnings,
};
