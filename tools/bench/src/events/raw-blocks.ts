import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type Moved, SHAPE } from './shape.ts';

const LENGTH_BYTES = 4;

/**
 * The far side of a raw socket. The sender says how large its blocks are; each is
 * counted as its bytes come in, kept nowhere, and answered with one byte: the
 * least that a receiver can do.
 */
export async function receiveRawBlocks(): Promise<number> {
  const server = createServer(answerBlocks).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It lasts as long as the process, which it does not keep.
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

export function answerBlocks(socket: Socket): void {
  let blockBytes = 0;
  let have = 0;
  socket.on('data', (chunk: Buffer) => {
    have += chunk.length;
    if (blockBytes === 0) {
      blockBytes = chunk.readUInt32LE(0);
      have -= LENGTH_BYTES;
    }
    for (; have >= blockBytes; have -= blockBytes) socket.write('.');
  });
  socket.on('error', () => socket.destroy());
}

/** The same blocks over a raw socket, the same number under way. */
export async function sendRawBlocks(order: {
  readonly port: number;
  readonly blockBytes: number;
  readonly forMs: number;
}): Promise<Moved> {
  const socket = connect(order.port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  return pushBlocks(socket, order);
}

export async function pushBlocks(
  socket: Socket,
  { blockBytes, forMs }: { readonly blockBytes: number; readonly forMs: number },
): Promise<Moved> {
  const block = Buffer.alloc(blockBytes, 7);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(blockBytes);
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
    socket.write(length);
    fill();
  });
  const elapsedMs = performance.now() - startedMs;
  socket.destroy();
  return { bytes: answered * blockBytes, elapsedMs };
}
