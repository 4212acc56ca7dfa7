import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Clock, linkErrors } from '@ftctl/sdk';
import { WebSocketServer } from 'ws';
import { MAX_CONNECTIONS } from '../core/limits.ts';
import { requireLoopback } from './loopback.ts';
import { addressOf, Strangers } from './strangers.ts';
import type { Listener, ListenOptions } from './transport.ts';
import { HTTP_LIMITS, LINK_PATH, SOCKET_LIMITS } from './ws-options.ts';
import { WsTransport } from './ws-transport.ts';

/** Accepts WebSockets on loopback. The TLS server will come in here, as `createServer` of https. */
export async function listenWs(options: ListenOptions, clock: Clock): Promise<Listener> {
  requireLoopback(options.address);
  const sockets = new Set<Socket>();
  const strangers = new Strangers(clock, options.handshakeLimitMs, options.offended);
  const upgrader = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    ...SOCKET_LIMITS,
  });
  const server = createServer(HTTP_LIMITS);
  server.maxConnections = MAX_CONNECTIONS;

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    strangers.add(socket);
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // An HTTP server over TCP hands out its own sockets.
    const socket = stream as Socket;
    const problem = upgradeProblem(request);
    if (problem !== undefined) {
      options.offended(addressOf(socket), problem.why);
      socket.on('error', () => socket.destroy());
      socket.end(`HTTP/1.1 ${problem.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    upgrader.handleUpgrade(request, socket, head, (ws) => {
      const transport = new WsTransport(ws, addressOf(socket), clock, socket);
      options.accept(transport, () => strangers.greet(socket));
    });
  });
  server.on('request', (request, response) => {
    options.offended(addressOf(request.socket), 'an HTTP request without upgrade');
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
  });
  server.on('clientError', (_error, stream) => {
    options.offended(addressOf(stream as Socket), 'not HTTP');
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
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
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
