import { createHash } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createFramer } from '../core/framing.ts';
import { probeErrors } from '../errors.ts';
import type { ProbeIo, SyslogListener, SyslogOptions, SyslogReceiver } from './io.ts';

/** Most TCP senders at a time. */
const MAX_SENDERS = 1_000;
/** Asked of the system for the UDP socket, so that a short pause loses nothing; it may grant less. */
const UDP_BUFFER_BYTES = 8 * 1024 * 1024;

/** The real world: UDP and TCP sockets of this machine. */
export const socketIo: ProbeIo = {
  digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
  utcOffsetMinutes: (atMs) => -new Date(atMs).getTimezoneOffset(),
  listenSyslog,
};

async function listenSyslog(
  options: SyslogOptions,
  given: SyslogReceiver,
): Promise<SyslogListener> {
  const receiver = { ...given, turn: new ReadingTurn(given) };
  const udp = options.udpPort === undefined ? undefined : await openUdp(options, receiver);
  try {
    const tcp = options.tcpPort === undefined ? undefined : await openTcp(options, receiver);
    return {
      udpPort: udp?.address().port ?? 0,
      tcpPort: tcp?.port ?? 0,
      pause: () => tcp?.pause(),
      resume: () => tcp?.resume(),
      close: async () => {
        await Promise.all([tcp?.close(), udp === undefined ? undefined : closeUdp(udp)]);
      },
    };
  } catch (cause) {
    if (udp !== undefined) await closeUdp(udp);
    throw cause;
  }
}

/** A receiver, and what it read in the present turn of the event loop. */
interface TurnReceiver extends SyslogReceiver {
  readonly turn: ReadingTurn;
}

/** Most datagrams that the event loop reads from a socket in one turn; fewer: it was read to its end. */
const MAX_DATAGRAMS_PER_TURN = 32;
/** A TCP read that fills the buffer may have left something behind. */
const TCP_READ_BYTES = 65_536;

/** Tells when a turn of the event loop has read all sockets to their end. */
class ReadingTurn {
  readonly #receiver: SyslogReceiver;
  #datagrams = 0;
  #tcpLeft = false;
  #armed = false;

  constructor(receiver: SyslogReceiver) {
    this.#receiver = receiver;
  }

  datagram(): void {
    this.#datagrams += 1;
    this.#arm();
  }

  chunk(bytes: number): void {
    if (bytes >= TCP_READ_BYTES) this.#tcpLeft = true;
    this.#arm();
  }

  /** Right after the sockets were read, and before timers and the next reading. */
  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    setImmediate(() => {
      const drained = this.#datagrams < MAX_DATAGRAMS_PER_TURN && !this.#tcpLeft;
      this.#armed = false;
      this.#datagrams = 0;
      this.#tcpLeft = false;
      if (drained) this.#receiver.drained();
    });
  }
}

async function openUdp(options: SyslogOptions, receiver: TurnReceiver): Promise<UdpSocket> {
  const socket = createSocket({
    type: options.address.includes(':') ? 'udp6' : 'udp4',
    recvBufferSize: UDP_BUFFER_BYTES,
  });
  socket.on('message', (bytes, from) => {
    receiver.turn.datagram();
    for (const line of trimLineEnd(bytes)) receiver.message(line, from.address, 'udp');
  });
  try {
    socket.bind(options.udpPort, options.address);
    await once(socket, 'listening');
  } catch (cause) {
    throw listenError('UDP', options.address, options.udpPort, cause);
  }
  socket.on('error', (error) => receiver.trouble(`UDP: ${error.message}`));
  return socket;
}

/** Some senders end a datagram with a line feed or a NUL; an empty one is no message. */
function trimLineEnd(bytes: Uint8Array): readonly Uint8Array[] {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 10 || bytes[end - 1] === 0)) end -= 1;
  return end === 0 ? [] : [bytes.subarray(0, end)];
}

async function closeUdp(socket: UdpSocket): Promise<void> {
  const closed = once(socket, 'close');
  socket.close();
  await closed;
}

interface TcpReceiver {
  readonly port: number;
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

async function openTcp(options: SyslogOptions, receiver: TurnReceiver): Promise<TcpReceiver> {
  const senders = new Set<Socket>();
  let paused = false;
  const server: Server = createServer((socket) => {
    senders.add(socket);
    if (paused) socket.pause();
    const from = socket.remoteAddress ?? 'unknown';
    const framer = createFramer();
    const deliver = (messages: readonly Uint8Array[]) => {
      for (const message of messages) receiver.message(message, from, 'tcp');
    };
    socket.on('data', (chunk) => {
      receiver.turn.chunk(chunk.length);
      deliver(framer.push(chunk));
    });
    socket.on('end', () => deliver(framer.end()));
    socket.on('error', (error) => receiver.trouble(`TCP sender ${from}: ${error.message}`));
    socket.on('close', () => senders.delete(socket));
  });
  server.maxConnections = MAX_SENDERS;
  server.on('drop', () =>
    receiver.trouble(`more than ${MAX_SENDERS} TCP senders: one was refused`),
  );
  try {
    server.listen(options.tcpPort, options.address);
    await once(server, 'listening');
  } catch (cause) {
    throw listenError('TCP', options.address, options.tcpPort, cause);
  }
  server.on('error', (error) => receiver.trouble(`TCP: ${error.message}`));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    pause() {
      paused = true;
      for (const socket of senders) socket.pause();
    },
    resume() {
      paused = false;
      for (const socket of senders) socket.resume();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of senders) socket.destroy();
      await closed;
    },
  };
}

function listenError(
  protocol: string,
  address: string,
  port: number | undefined,
  cause: unknown,
): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return probeErrors.LISTEN({ protocol, address, port: port ?? 0, why }, cause);
}
