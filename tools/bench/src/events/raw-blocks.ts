import { once } from 'node:events';
import { connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { Identity } from './identity.ts';
import { type Moved, SHAPE } from './shape.ts';

/**
 * What the far side of a raw socket does with blocks: `count` looks at their
 * length and keeps nothing, the least there is; `whole` puts each together, as
 * whoever wants to use one has to.
 */
export type RawReceiver = 'count' | 'whole';

export interface RawOrder {
  readonly port: number;
  readonly receiver: RawReceiver;
  readonly blockBytes: number;
  readonly forMs: number;
}

/** First bytes of a connection: length of its blocks, and what to do with them. */
const HEAD_BYTES = 5;

/** Takes blocks of raw connections, over mutual TLS with an identity. Answers the port. */
export async function receiveRawBlocks(identity: Identity | undefined): Promise<number> {
  const server = identity
    ? createTlsServer({ ...tlsOf(identity), requestCert: true }, answerBlocks)
    : createTcpServer(answerBlocks);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It lasts as long as the process, which it does not keep.
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Answers each block with one byte. */
function answerBlocks(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.once('data', (first: Buffer) => {
    const blockBytes = first.readUInt32LE(0);
    const take = first[HEAD_BYTES - 1] === 1 ? assembler(blockBytes) : counter(blockBytes);
    const answer = (chunk: Buffer) => {
      for (let blocks = take(chunk); blocks > 0; blocks -= 1) socket.write('.');
    };
    socket.on('data', answer);
    answer(first.subarray(HEAD_BYTES));
  });
}

/** Tells how many blocks each piece completes. */
type Take = (chunk: Buffer) => number;

function counter(blockBytes: number): Take {
  let have = 0;
  return (chunk) => {
    have += chunk.length;
    const blocks = Math.floor(have / blockBytes);
    have -= blocks * blockBytes;
    return blocks;
  };
}

function assembler(blockBytes: number): Take {
  let block = Buffer.allocUnsafe(blockBytes);
  let have = 0;
  return (chunk) => {
    let blocks = 0;
    for (let at = 0; at < chunk.length; ) {
      const bytes = Math.min(blockBytes - have, chunk.length - at);
      chunk.copy(block, have, at, at + bytes);
      at += bytes;
      have += bytes;
      if (have < blockBytes) break;
      blocks += 1;
      have = 0;
      // The one before belongs to its user now.
      block = Buffer.allocUnsafe(blockBytes);
    }
    return blocks;
  };
}

/** Blocks over a raw socket, as many under way as over a link. */
export async function sendRawBlocks(
  { port, receiver, blockBytes, forMs }: RawOrder,
  identity: Identity | undefined,
): Promise<Moved> {
  const socket = identity
    ? connectTls({
        ...tlsOf(identity),
        port,
        host: '127.0.0.1',
        servername: '',
        checkServerIdentity: () => undefined,
      })
    : connectTcp(port, '127.0.0.1');
  await once(socket, identity ? 'secureConnect' : 'connect');
  socket.setNoDelay(true);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(blockBytes);
  head[HEAD_BYTES - 1] = receiver === 'whole' ? 1 : 0;
  socket.write(head);
  return pushBlocks(socket, blockBytes, forMs);
}

async function pushBlocks(socket: Socket, blockBytes: number, forMs: number): Promise<Moved> {
  const block = Buffer.alloc(blockBytes, 7);
  const startedMs = performance.now();
  let sent = 0;
  let answered = 0;
  await new Promise<void>((resolve, reject) => {
    const fill = () => {
      for (; sent - answered < SHAPE.blocksInFlight; sent += 1) socket.write(block);
    };
    socket.on('data', (dots: Buffer) => {
      answered += dots.length;
      if (performance.now() - startedMs > forMs) resolve();
      else fill();
    });
    socket.on('error', reject);
    fill();
  });
  const elapsedMs = performance.now() - startedMs;
  socket.destroy();
  return { bytes: answered * blockBytes, elapsedMs };
}

function tlsOf({ key, certificate, ca }: Identity) {
  return { key, cert: certificate, ca, minVersion: 'TLSv1.3' as const };
}
