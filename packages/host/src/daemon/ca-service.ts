import { existsSync } from 'node:fs';
import type { CertificateAuthority } from '@ftctl/pki';
import { type CredentialsSource, openCredentials } from '@ftctl/pki/credentials';
import type { EnrolmentServer } from '@ftctl/pki/enrolment';
import { describeError, type Logger } from '@ftctl/sdk';
import type { HostConfig } from '../config-types.ts';
import { hostMessages } from '../messages.ts';
import type { HomePaths } from '../paths.ts';
import type { MessageSink } from '../runner/message-sink.ts';
import { splitService } from '../tls/address.ts';

/** Lines about who was turned away, in one window: a stranger must not fill the disk. */
const REFUSAL_LINES = 20;
const REFUSAL_WINDOW_MS = 60_000;

/** The CA on the host that has it: served to the site, and used for this host itself. */
export class CaService {
  readonly #paths: HomePaths;
  readonly #messages: MessageSink;
  readonly #log: Logger;
  #listen: string | undefined;
  #server: EnrolmentServer | undefined;
  #credentials: CredentialsSource | undefined;
  #refusals = { sinceMs: 0, lines: 0 };

  constructor(paths: HomePaths, messages: MessageSink, log: Logger) {
    this.#paths = paths;
    this.#messages = messages;
    this.#log = log;
  }

  /** True on the host of the CA. */
  get isHere(): boolean {
    return existsSync(this.#paths.ca);
  }

  /** Where it is served; undefined when it is not. */
  get address(): string | undefined {
    return this.#server?.address;
  }

  /** Serves it where the configuration says, if the host has a certificate to show. */
  async apply(config: HostConfig, hasCertificate: boolean): Promise<void> {
    const { listen } = config.ca;
    const canServe = listen !== undefined && this.isHere && hasCertificate;
    if (listen === this.#listen && canServe === (this.#server !== undefined)) return;
    await this.close();
    this.#listen = listen;
    if (listen !== undefined && !this.isHere) {
      const why = 'there is none in this home: run `ftctl ca init`, or take `ca: listen` out';
      this.#messages.emit(hostMessages.FTHO051E({ why }));
    }
    if (!canServe) return;
    try {
      await this.#serve(listen);
    } catch (error) {
      await this.close();
      this.#messages.emit(hostMessages.FTHO051E({ why: describeError(error) }));
    }
  }

  /** Takes what was revoked over to this host's own credentials. */
  async refreshList(): Promise<void> {
    const [ca, { readCredentials }, { keepCrl }] = await Promise.all([
      this.#open(),
      import('@ftctl/pki/credentials'),
      import('@ftctl/pki/enrolment'),
    ]);
    const present = await readCredentials(this.#paths.tls);
    await ca.takeRevoked(present.revoked);
    const crl = await ca.freshCrl();
    await keepCrl(this.#paths.tls, present, crl, 'the list of the CA');
  }

  /** A new certificate for this host itself. */
  async renewOwn(): Promise<void> {
    const { issueOwn } = await import('../tls/issue-own.ts');
    await issueOwn(this.#paths, await this.#open());
  }

  async close(): Promise<void> {
    this.#credentials?.close();
    await this.#server?.close();
    this.#credentials = undefined;
    this.#server = undefined;
    this.#listen = undefined;
  }

  async #serve(listen: string): Promise<void> {
    const { serveEnrolment } = await import('@ftctl/pki/enrolment');
    const ca = await this.#open();
    this.#credentials = await openCredentials(this.#paths.tls, {
      onProblem: (error) => this.#log.error('changed credentials cannot be used', { error }),
    });
    this.#server = await serveEnrolment({
      ca,
      credentials: this.#credentials,
      ...splitService(listen),
      onIssued: (host, serial, how) =>
        this.#messages.emit(hostMessages.FTHO052I({ host, serial, how })),
      onRefused: (from, why) => this.#refused(from, why),
    });
    const { address } = this.#server;
    this.#messages.emit(hostMessages.FTHO050I({ site: ca.site, address }));
  }

  #refused(from: string, why: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#refusals.sinceMs > REFUSAL_WINDOW_MS) {
      this.#refusals = { sinceMs: nowMs, lines: 0 };
    }
    this.#refusals.lines += 1;
    if (this.#refusals.lines > REFUSAL_LINES) return;
    this.#log.warn(`the CA turned ${from} away: ${why}`, { from });
  }

  async #open(): Promise<CertificateAuthority> {
    const { CertificateAuthority: Authority } = await import('@ftctl/pki');
    return Authority.open(this.#paths.ca);
  }
}
