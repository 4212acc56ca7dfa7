import { type Credentials, hasJoined, readCredentials, summarise } from '@ftctl/pki/credentials';
import { describeError, type Logger } from '@ftctl/sdk';
import type { HostConfig } from '../config-types.ts';
import { hostMessages } from '../messages.ts';
import type { HomePaths } from '../paths.ts';
import type { MessageSink } from '../runner/message-sink.ts';
import type { TlsStatus } from '../status.ts';
import { CaService } from './ca-service.ts';
import { renewalDelayMs } from './renewal.ts';

/** Failures in a row before the operator is told: one may be a restart of the CA's host. */
const FAILURES_BEFORE_WARNING = 3;
/** Longest time until the certificate is looked at again, however long it lives. */
const LOOK_AGAIN_MS = 3_600_000;

/**
 * What the daemon does for the site: serves the CA where it is, and keeps this
 * host's certificate and its list of revoked ones up to date. Plugin processes
 * read the files by themselves, so links go on without the daemon.
 */
export class SiteKeeper {
  readonly #paths: HomePaths;
  readonly #messages: MessageSink;
  readonly #log: Logger;
  readonly #ca: CaService;
  #config: HostConfig | undefined;
  #credentials: Credentials | undefined;
  #problem: string | undefined;
  #unreached: string | undefined;
  #failures = 0;
  #renewalFailures = 0;
  #told = '';
  #listTimer: NodeJS.Timeout | undefined;
  #renewalTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(paths: HomePaths, messages: MessageSink, log: Logger) {
    this.#paths = paths;
    this.#messages = messages;
    this.#log = log;
    this.#ca = new CaService(paths, messages, log);
  }

  /** Takes a configuration over, and what `ca init` or `join` have changed on disk. */
  async apply(config: HostConfig): Promise<void> {
    if (this.#isClosed) return;
    this.#config = config;
    await this.#read();
    await this.#ca.apply(config, this.#credentials !== undefined);
    if (this.#credentials === undefined) return this.#stopTimers();
    this.#listTimer ??= this.#schedule(0, () => this.#refreshList());
    this.#renewalTimer ??= this.#scheduleRenewal();
  }

  status(): TlsStatus {
    const problem = this.#problem ?? this.#unreached;
    const certificate = this.#credentials && summarise(this.#credentials, Date.now());
    return {
      on: hasJoined(this.#paths.tls),
      ...(certificate ? { certificate } : {}),
      ...(problem === undefined ? {} : { problem }),
      ...(this.#ca.address === undefined ? {} : { ca: this.#ca.address }),
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTimers();
    await this.#ca.close();
  }

  async #read(): Promise<void> {
    const before = this.#problem;
    this.#problem = undefined;
    try {
      this.#credentials = hasJoined(this.#paths.tls)
        ? await readCredentials(this.#paths.tls)
        : undefined;
    } catch (error) {
      this.#credentials = undefined;
      this.#problem = describeError(error);
      if (this.#problem === before) return;
      this.#messages.emit(hostMessages.FTHO057E({ why: this.#problem }));
    }
  }

  async #refreshList(): Promise<void> {
    try {
      if (this.#ca.isHere) await this.#ca.refreshList();
      else await this.#fetchList();
      await this.#read();
      if (this.#failures >= FAILURES_BEFORE_WARNING) this.#messages.emit(hostMessages.FTHO055I());
      this.#failures = 0;
      this.#unreached = undefined;
    } catch (error) {
      this.#failures += 1;
      this.#unreached = describeError(error);
      this.#log.debug(`the list of revoked certificates: ${this.#unreached}`, { error });
      if (this.#failures === FAILURES_BEFORE_WARNING) {
        this.#messages.emit(hostMessages.FTHO054W({ why: this.#unreached }));
      }
    }
    const everyMs = this.#config?.tls.revocationIntervalMs ?? 0;
    this.#listTimer = this.#schedule(everyMs, () => this.#refreshList());
  }

  async #fetchList(): Promise<void> {
    const { refreshCrl } = await import('@ftctl/pki/enrolment');
    await refreshCrl(this.#paths.tls, this.#address());
  }

  async #renew(): Promise<void> {
    await this.#read();
    if (this.#credentials !== undefined && Date.now() >= this.#credentials.renewAtMs) {
      await this.#tryRenewal();
    }
    this.#renewalTimer = this.#scheduleRenewal();
  }

  async #tryRenewal(): Promise<void> {
    try {
      if (this.#ca.isHere) {
        await this.#ca.renewOwn();
      } else {
        const { renewCredentials } = await import('@ftctl/pki/enrolment');
        await renewCredentials(this.#paths.tls, this.#address());
      }
      await this.#read();
      this.#renewalFailures = 0;
      this.#told = '';
      const until = this.status().certificate?.expiresAt ?? '';
      this.#messages.emit(hostMessages.FTHO053I({ until }));
    } catch (error) {
      this.#renewalFailures += 1;
      const why = describeError(error);
      this.#log.warn(`the certificate could not be renewed: ${why}`, { error });
      this.#tellExpiring(why);
    }
  }

  /** Once when it begins to be late, and once when it is over. */
  #tellExpiring(why: string): void {
    const { certificate } = this.status();
    if (certificate === undefined || certificate.state === 'valid') return;
    const { state, expiresAt: until } = certificate;
    if (this.#told === state) return;
    this.#told = state;
    this.#messages.emit(hostMessages.FTHO056E({ state, until, why }));
  }

  #scheduleRenewal(): NodeJS.Timeout | undefined {
    const { issuedAtMs, renewAtMs, expiresAtMs } = this.#credentials ?? {};
    if (issuedAtMs === undefined || renewAtMs === undefined || expiresAtMs === undefined) {
      return this.#schedule(LOOK_AGAIN_MS, () => this.#renew());
    }
    const lifeMs = expiresAtMs - issuedAtMs;
    const delayMs = renewalDelayMs(Date.now(), renewAtMs, lifeMs, this.#renewalFailures);
    return this.#schedule(Math.min(delayMs, LOOK_AGAIN_MS), () => this.#renew());
  }

  #address(): string {
    const address = this.#config?.ca.address ?? this.#credentials?.site.address;
    if (address === undefined)
      throw new Error('the address of the CA is not known: set `ca: address`');
    return address;
  }

  #schedule(delayMs: number, work: () => Promise<void>): NodeJS.Timeout | undefined {
    if (this.#isClosed) return undefined;
    // What fails inside is told there; anything else is a mistake of ours, and must not end the host.
    return setTimeout(
      () => work().catch((error: unknown) => this.#log.error(describeError(error), { error })),
      delayMs,
    ).unref();
  }

  #stopTimers(): void {
    clearTimeout(this.#listTimer);
    clearTimeout(this.#renewalTimer);
    this.#listTimer = undefined;
    this.#renewalTimer = undefined;
  }
}
