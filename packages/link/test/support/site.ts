import { createPublicKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CertificateAuthority,
  type Credentials,
  initCa,
  keyToPem,
  newKey,
  readCredentials,
  writeCredentials,
} from '@ftctl/pki';
import type { CredentialsSource } from '../../src/index.ts';

/** A host's credentials as a test replaces them. */
export class TestCredentials implements CredentialsSource {
  #current: Credentials;
  readonly #listeners = new Set<() => void>();

  constructor(current: Credentials) {
    this.#current = current;
  }

  current(): Credentials {
    return this.#current;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  replace(credentials: Partial<Credentials>): void {
    this.#current = { ...this.#current, ...credentials };
    for (const listener of this.#listeners) listener();
  }
}

/** A CA and as many hosts as a test wants. */
export class TestSite {
  readonly ca: CertificateAuthority;
  readonly #folder: string;
  readonly #hosts = new Map<string, TestCredentials>();

  private constructor(folder: string, ca: CertificateAuthority) {
    this.#folder = folder;
    this.ca = ca;
  }

  static async make(): Promise<TestSite> {
    const folder = await mkdtemp(join(tmpdir(), 'ftctl-site-'));
    const ca = await initCa({
      folder: join(folder, 'ca'),
      site: 'test',
      host: 'ca',
      hostLifetimeMs: 3_600_000,
    });
    return new TestSite(folder, ca);
  }

  /** The same for the same host, so that it can start again. */
  async credentials(host: string): Promise<TestCredentials> {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const made = new TestCredentials(await this.issue(host));
    this.#hosts.set(host, made);
    return made;
  }

  /** A new key and certificate of a host. */
  async issue(host: string, now?: () => number): Promise<Credentials> {
    const folder = join(this.#folder, `${host}-${Math.random()}`);
    const key = newKey();
    const as = await CertificateAuthority.open(join(this.#folder, 'ca'), now);
    const { certificate } = await as.issueTo(host, createPublicKey(key));
    await writeCredentials(folder, {
      site: { site: 'test', caHost: 'ca' },
      ca: this.ca.certificate,
      crl: await this.ca.freshCrl(),
      key: keyToPem(key),
      certificate,
    });
    return readCredentials(folder);
  }

  /** Revokes a host and tells all others. */
  async revoke(host: string): Promise<void> {
    await this.ca.revoke(host);
    const { pem, list } = await this.ca.crl();
    for (const credentials of this.#hosts.values()) {
      credentials.replace({ crl: pem, revoked: list.serials });
    }
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}
