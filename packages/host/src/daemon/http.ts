import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeError } from '@ftctl/sdk';
import { PROMETHEUS_CONTENT_TYPE } from '../core/prometheus.ts';
import { hostErrors } from '../errors.ts';

/** Loopback alone: who wants them elsewhere puts a proxy of the site in front. */
const ADDRESS = '127.0.0.1';
const MAX_CONNECTIONS = 32;
const REQUEST_WITHIN_MS = 10_000;
const MAX_HEADER_BYTES = 8_192;

export interface HttpPages {
  /** Prometheus text. */
  metrics(): Promise<string>;
  /** Plugins that are to run and do not work, with why. */
  notReady(): readonly { readonly plugin: string; readonly state: string }[];
}

export interface HttpServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/healthz` (the host works) and `/readyz` (so do all its
 * plugins) on loopback.
 *
 * @param port 0: the system chooses
 * @throws FtError FT_HOST_METRICS_PORT
 */
export async function serveHttp(port: number, pages: HttpPages): Promise<HttpServer> {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_WITHIN_MS },
    (request, response) => {
      answer(request, response, pages).catch((error: unknown) => {
        send(response, 500, 'text/plain', `${describeError(error)}\n`);
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(hostErrors.METRICS_PORT({ port, why: describeError(error) }, error)),
    );
    server.listen(port, ADDRESS, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    address: `http://${ADDRESS}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pages: HttpPages,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, 'text/plain', 'only GET and HEAD\n');
    return;
  }
  const [path] = (request.url ?? '/').split('?');
  switch (path) {
    case '/metrics':
      send(response, 200, PROMETHEUS_CONTENT_TYPE, await pages.metrics());
      break;
    case '/healthz':
      send(response, 200, 'text/plain', 'ok\n');
      break;
    case '/readyz': {
      const notReady = pages.notReady();
      const status = notReady.length === 0 ? 200 : 503;
      const body = { ready: notReady.length === 0, notReady };
      send(response, status, 'application/json', `${JSON.stringify(body)}\n`);
      break;
    }
    default:
      send(response, 404, 'text/plain', 'there are /metrics, /healthz and /readyz\n');
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}
