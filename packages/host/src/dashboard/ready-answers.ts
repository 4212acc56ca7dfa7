import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from './access.ts';
import type { CachedAnswer, ViewCache } from './view-cache.ts';

const VIEW = /^\/api\/([^/?]+)\/([^?]+)(?:\?(.*))?$/;

/**
 * Answers of views that somebody has asked for within the last second, as they
 * are: for hundreds of watchers most of the application's time would go into
 * requests that it answers all alike.
 */
export class ReadyAnswers {
  readonly #access: Access;
  readonly #views: ViewCache;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param headers what the application sends with every answer */
  constructor(access: Access, views: ViewCache, headers: Readonly<Record<string, string>>) {
    this.#access = access;
    this.#views = views;
    this.#headers = headers;
  }

  /** @returns false for what the application has to answer */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '', headers } = request;
    const [, plugin, path, query = ''] = (method === 'GET' && VIEW.exec(url)) || [];
    if (plugin === undefined || path === undefined) return false;
    if (!this.#access.admits(headers)) return false;
    const known = this.#views.ready(plugin, path, new URLSearchParams(query));
    if (known === undefined) return false;
    this.#send(known, request, response);
    return true;
  }

  #send(answer: CachedAnswer, { headers }: IncomingMessage, response: ServerResponse): void {
    const { etag, body } = answer;
    const common = { ...this.#headers, etag, 'cache-control': 'no-cache' };
    if (headers['if-none-match']?.includes(etag)) {
      response.writeHead(304, common).end();
      return;
    }
    const accepts = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
    const gzip = accepts ? answer.gzip() : undefined;
    // Its length is said, else it would go out in pieces.
    const send = (bytes: Uint8Array, how: Readonly<Record<string, string>> = {}) => {
      const type = 'application/json; charset=utf-8';
      const whole = { ...common, ...how, 'content-type': type, 'content-length': bytes.length };
      response.writeHead(200, whole).end(bytes);
    };
    if (gzip === undefined) {
      send(body);
      return;
    }
    gzip.then(
      (bytes) => send(bytes, { 'content-encoding': 'gzip', vary: 'accept-encoding' }),
      () => send(body),
    );
  }
}
