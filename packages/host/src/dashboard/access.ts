import type { IncomingHttpHeaders } from 'node:http';
import { isSame, sessionOf } from './token.ts';

export const SESSION_COOKIE = 'ftctl-session';

/** Who may ask: a browser that has shown the token, or a program that shows it each time. */
export class Access {
  readonly token: string;
  /** What such a browser keeps. */
  readonly session: string;
  readonly #hostNames: ReadonlySet<string> | undefined;

  /** @param hostNames under which a browser may ask for this server; undefined: any, for TLS names it */
  constructor(token: string, hostNames: ReadonlySet<string> | undefined) {
    this.token = token;
    this.session = sessionOf(token);
    this.#hostNames = hostNames;
  }

  /** The name by which it is asked for, where that is none of its own: a stranger's name that leads to loopback is no way in. */
  strangeName(host: string | undefined): string | undefined {
    const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
    return this.#hostNames === undefined || this.#hostNames.has(name) ? undefined : name;
  }

  allows(cookie: string | undefined, authorization: string | undefined): boolean {
    const bearer = (authorization ?? '').replace(/^Bearer /, '');
    return isSame(cookie ?? '', this.session) || isSame(bearer, this.token);
  }

  /** The same for the headers of a request as they came. */
  admits({ host, cookie, authorization }: IncomingHttpHeaders): boolean {
    const session = COOKIE.exec(cookie ?? '')?.[1];
    return this.strangeName(host) === undefined && this.allows(session, authorization);
  }
}

const COOKIE = new RegExp(`(?:^|; ?)${SESSION_COOKIE}=([A-Za-z0-9_-]+)`);
