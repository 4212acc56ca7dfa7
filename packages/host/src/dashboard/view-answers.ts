import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from './access.ts';
import { failure } from './failure.ts';
import type { CachedAnswer, ViewCache } from './view-cache.ts';

const VIEW = /^\/api\/([^/?]+)\/([^?]+)(?:\?(.*))?$/;
const JSON_TYPE = 'application/json; charset=utf-8';

/** Names and values in turns, as Node takes them without looking at each again. */
type RawHeaders = readonly string[];

/** An answer as it goes out to all who take it like that. */
interface Form {
  readonly headers: RawHeaders;
  readonly bytes: Uint8Array;
}

/**
 * Answers questions for views by themselves, beside the application: hundreds of
 * watchers ask the same each few seconds, and most of the application's time would
 * go into requests that it answers all alike.
 */
export class ViewAnswers {
  readonly #access: Access;
  readonly #views: ViewCache;
  readonly #headers: RawHeaders;
  readonly #plain = new WeakMap<CachedAnswer, Form>();
  readonly #compressed = new WeakMap<CachedAnswer, Form>();

  /** @param headers what the application sends with every answer */
  constructor(access: Access, views: ViewCache, headers: RawHeaders) {
    this.#access = access;
    this.#views = views;
    this.#headers = headers;
  }

  /** @returns false for what is no such question, or comes from a stranger: the application says what it is */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '', headers } = request;
    if (method !== 'GET' && method !== 'HEAD') return false;
    const [, plugin, path, query = ''] = VIEW.exec(url) ?? [];
    if (plugin === undefined || path === undefined) return false;
    if (!this.#access.admits(headers)) return false;
    const asked = new URLSearchParams(query);
    const ready = this.#views.ready(plugin, path, asked);
    if (ready !== undefined) {
      this.#send(ready, request, response);
      return true;
    }
    this.#views.read(plugin, path, asked).then(
      (answer) => this.#send(answer, request, response),
      (error: unknown) => this.#fail(error, response),
    );
    return true;
  }

  #send(answer: CachedAnswer, { headers }: IncomingMessage, response: ServerResponse): void {
    if (headers['if-none-match']?.includes(answer.etag)) {
      response.writeHead(304, this.#with(answer)).end();
      return;
    }
    const accepts = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
    const form = accepts ? this.#compressed.get(answer) : this.#plainOf(answer);
    if (form !== undefined) {
      response.writeHead(200, [...form.headers]).end(form.bytes);
      return;
    }
    void this.#compressedOf(answer).then(({ headers: own, bytes }) => {
      response.writeHead(200, [...own]).end(bytes);
    });
  }

  #fail(error: unknown, response: ServerResponse): void {
    const [body, status] = failure(error);
    const bytes = Buffer.from(JSON.stringify(body));
    response.writeHead(status, [...this.#headers, ...described(bytes)]).end(bytes);
  }

  #plainOf(answer: CachedAnswer): Form {
    const known = this.#plain.get(answer);
    if (known !== undefined) return known;
    const bytes = answer.body;
    const form = { bytes, headers: [...this.#with(answer), ...described(bytes)] };
    this.#plain.set(answer, form);
    return form;
  }

  /** What is too short for that stays as it is. */
  async #compressedOf(answer: CachedAnswer): Promise<Form> {
    // One that cannot be compressed goes out as it is.
    const bytes = await answer.gzip()?.catch(() => undefined);
    const how = ['content-encoding', 'gzip', 'vary', 'accept-encoding'];
    const form =
      bytes === undefined
        ? this.#plainOf(answer)
        : { bytes, headers: [...this.#with(answer), ...described(bytes), ...how] };
    this.#compressed.set(answer, form);
    return form;
  }

  #with({ etag }: CachedAnswer): string[] {
    return [...this.#headers, 'etag', etag, 'cache-control', 'no-cache'];
  }
}

/** With its length, else it would go out in pieces. */
function described(bytes: Uint8Array): RawHeaders {
  return ['content-type', JSON_TYPE, 'content-length', String(bytes.length)];
}
