import type { ShownMessage } from './runner/message-sink.ts';

/** What `ftctl status --json` prints, and what the host's control socket answers to `status`. */
export interface HostStatus {
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly home: string;
  /** Address of `/metrics`, `/healthz` and `/readyz`; absent when switched off. */
  readonly metrics?: string;
  /** Address of the dashboard; absent when it is not served. */
  readonly dashboard?: string;
  readonly tls: TlsStatus;
  readonly plugins: readonly PluginStatus[];
  /** The host's last messages, oldest first. */
  readonly messages: readonly ShownMessage[];
}

/** Whether links use TLS, and how this host's certificate stands. */
export interface TlsStatus {
  readonly on: boolean;
  /** Absent when it is off, or when its files cannot be used. */
  readonly certificate?: CertificateStatus;
  /** What is wrong with it at present: files that cannot be used, a CA that is not reached. */
  readonly problem?: string;
  /** `address:port` on which this host serves the CA of the site. */
  readonly ca?: string;
}

/** The certificate of a host. The same as pki's `CredentialsSummary`, which pulls in more than a shape. */
export interface CertificateStatus {
  readonly site: string;
  readonly host: string;
  readonly serial: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** Whole days that are left; negative once it has expired. */
  readonly daysLeft: number;
  readonly state: 'valid' | 'expiring' | 'expired' | 'revoked';
  /** Age of the list of revoked certificates: how long ago the CA was last heard, to the hour. */
  readonly crlAgeMs: number;
}

export type PluginState =
  | 'starting'
  | 'ok'
  | 'degraded'
  | 'failed'
  | 'stopping'
  | 'stopped'
  | 'quarantined'
  | 'disabled';

export interface PluginStatus {
  readonly id: string;
  readonly version: string;
  readonly state: PluginState;
  /** Why it is degraded, failed or quarantined. */
  readonly reason?: string;
  readonly pid?: number;
  /** Port on which it accepts links. */
  readonly port?: number;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** Crashes within the window that counts for quarantine. */
  readonly crashes: number;
  /** The plugin's own `health().details`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The plugin's last messages, oldest first. */
  readonly messages: readonly ShownMessage[];
}
