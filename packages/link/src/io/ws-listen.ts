import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type Clock, linkErrors } from '@ftctl/sdk';
import { WebSocketServer } from 'ws';
import { MAX_CONNECTIONS } from '../core/limits.ts';
import { requireLoopback } from './loopback.ts';
import { addressOf, Strangers } from './strangers.ts';
import { certificateProblem, type Tls } from './tls.ts';
import type { Listener, ListenOptions } from './transport.ts';
import { HTTP_LIMITS, LINK_PATH, SOCKET_LIMITS } from './ws-options.ts';
import { WsTransport } from './ws-transport.ts';

/** Accepts WebSockets: over mutual TLS with `tls`, on loopback alone without. */
export async function listenWs(
  options: ListenOptions,
  clock: Clock,
  tls: Tls | undefined,
): Promise<Listener> {
  if (tls === undefined) requireLoopback(options.address);
  /** TCP connections by their other end, which names that of the TLS on it too. */
  const sockets = new Map<string, Socket>();
  const strangers = new Strangers(clock, options.handshakeLimitMs, options.offended);
  const upgrader = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    ...SOCKET_LIMITS,
  });
  const server = tls === undefined ? createServer(HTTP_LIMITS) : createSecureServer(tls);
  server.maxConnections = MAX_CONNECTIONS;

  server.on('connection', (socket: Socket) => {
    const address = addressOf(socket);
    sockets.set(address, socket);
    socket.once('close', () => sockets.delete(address));
    strangers.add(socket);
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // An HTTP server over TCP hands out its own sockets.
    const socket = stream as Socket;
    const problem = upgradeProblem(request) ?? peerProblem(tls, socket);
    if (problem !== undefined) {
      options.offended(addressOf(socket), problem.why);
      socket.on('error', () => socket.destroy());
      socket.end(`HTTP/1.1 ${problem.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    upgrader.handleUpgrade(request, socket, head, (ws) => {
      const address = addressOf(socket);
      const transport = new WsTransport(ws, address, clock, { socket, tls });
      options.accept(transport, () => strangers.greet(sockets.get(address) ?? socket));
    });
  });
  server.on('request', (request, response) => {
    options.offended(addressOf(request.socket), 'an HTTP request without upgrade');
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = underneath(stream as Socket);
    const isHttp = tls === undefined || error.code?.startsWith('HPE_');
    const why = isHttp ? 'not HTTP' : handshakeProblem(error, stream);
    // Whoever was cut off for another reason was written down for that.
    if (!strangers.wasCut(socket)) options.offended(addressOf(socket), why);
    stream.destroy();
  });
  upgrader.on('wsClientError', (error, stream) => {
    options.offended(addressOf(stream as Socket), error.message);
    stream.destroy();
  });
  server.on('drop', (socket) => {
    options.offended(`${socket?.remoteAddress}:${socket?.remotePort}`, 'too many connections');
  });

  const port = await bind(server, options);
  server.on('error', (error) => options.offended(`port ${port}`, error.message));
  return {
    port,
    close: () => {
      for (const socket of sockets.values()) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** An HTTPS server that takes only peers with a certificate of this site. */
function createSecureServer(tls: Tls): Server {
  const server: TlsServer = createTlsServer({ ...HTTP_LIMITS, ...tls.listenOptions() });
  const stopListening = tls.onChange(() => server.setSecureContext(tls.listenOptions()));
  server.once('close', stopListening);
  return server;
}

/** Why TLS or HTTP could not begin, in words. */
function handshakeProblem(error: NodeJS.ErrnoException, stream: Duplex): string {
  // Set when the certificate was refused; the error says no more than that it is over then.
  const { authorizationError } = stream as { authorizationError?: unknown };
  const code = authorizationError ?? error.code;
  return `no TLS: ${certificateProblem(code) ?? String(authorizationError ?? error.message)}`;
}

/** The TCP socket below: a TLS socket has forgotten its other end when the handshake fails. */
function underneath(socket: Socket): Socket {
  const { _parent } = socket as { readonly _parent?: Socket | null };
  return _parent ?? socket;
}

function peerProblem(tls: Tls | undefined, socket: Socket) {
  if (tls === undefined || tls.prove(socket as TLSSocket) !== undefined) return undefined;
  return { status: '403 Forbidden', why: 'its certificate names no host of this site' };
}

function upgradeProblem(request: IncomingMessage): { status: string; why: string } | undefined {
  // Hosts send no Origin; a browser always does, whatever page made it connect.
  if (request.headers.origin !== undefined) {
    return { status: '403 Forbidden', why: 'a browser asks for a link' };
  }
  if (request.url !== LINK_PATH) return { status: '404 Not Found', why: 'a wrong path' };
  return undefined;
}

function bind(server: Server, options: ListenOptions): Promise<number> {
  const { address, port } = options;
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) => {
      const why = cause.message;
      reject(linkErrors.LISTEN({ address: `${address}:${port}`, why }, cause));
    };
    server.once('error', failed);
    server.listen({ host: address, port }, () => {
      server.off('error', failed);
      const bound = server.address();
      if (bound === null || typeof bound === 'string') return failed(new Error('no address'));
      resolve(bound.port);
    });
  });
}
