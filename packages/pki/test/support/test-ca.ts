import { createPublicKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EnrolmentServer, serveEnrolment } from '../../src/enrolment/index.ts';
import {
  CertificateAuthority,
  type CredentialsSource,
  decodeToken,
  initCa,
  keyToPem,
  newKey,
  openCredentials,
  writeCredentials,
} from '../../src/index.ts';

/** A CA in a temporary folder, its server on loopback, and a clock that a test moves. */
export class TestCa {
  readonly folder: string;
  ca!: CertificateAuthority;
  server!: EnrolmentServer;
  /** Who was turned away, and why. */
  readonly refused: string[] = [];
  readonly issued: string[] = [];
  #source!: CredentialsSource;
  #aheadMs = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(hostLifetimeMs = 3_600_000): Promise<TestCa> {
    const test = new TestCa(await mkdtemp(join(tmpdir(), 'ftctl-pki-')));
    test.ca = await initCa({
      folder: test.caFolder,
      site: 'test',
      host: 'a',
      hostLifetimeMs,
      now: test.now,
    });
    const key = newKey();
    const { certificate } = await test.ca.issueTo('a', createPublicKey(key));
    await writeCredentials(test.tls('a'), {
      site: { site: 'test', caHost: 'a' },
      ca: test.ca.certificate,
      crl: await test.ca.freshCrl(),
      key: keyToPem(key),
      certificate,
    });
    await test.serve();
    return test;
  }

  readonly now = () => Date.now() + this.#aheadMs;

  get caFolder(): string {
    return join(this.folder, 'ca');
  }

  get address(): string {
    return this.server.address;
  }

  /** Credentials folder of a host. */
  tls(host: string): string {
    return join(this.folder, `tls-${host}`);
  }

  /** Lets the CA's clock go on by so much. */
  advance(ms: number): void {
    this.#aheadMs += ms;
  }

  async token(host: string, options: { again?: boolean; lifetimeMs?: number } = {}) {
    const { address } = this;
    const made = await this.ca.makeToken({ host, address, lifetimeMs: 60_000, ...options });
    return decodeToken(made.token);
  }

  /** Opens the CA again and serves it on the same port, as after a restart. */
  async restart(): Promise<void> {
    const { port } = this.server;
    await this.#stop();
    this.ca = await CertificateAuthority.open(this.caFolder, this.now);
    await this.serve(port);
  }

  async serve(port = 0): Promise<void> {
    this.#source = await openCredentials(this.tls('a'), { pollIntervalMs: 20 });
    this.server = await serveEnrolment({
      ca: this.ca,
      credentials: this.#source,
      address: '127.0.0.1',
      port,
      onIssued: (host, _serial, how) => this.issued.push(`${host} ${how}`),
      onRefused: (from, why) => this.refused.push(`${from} ${why}`),
    });
  }

  async close(): Promise<void> {
    await this.#stop();
    await rm(this.folder, { recursive: true });
  }

  async #stop(): Promise<void> {
    this.#source.close();
    await this.server.close();
  }
}
