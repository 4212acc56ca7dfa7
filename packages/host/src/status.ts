import type { CredentialsSummary } from '@ftctl/pki/credentials';
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
  readonly tls: TlsStatus;
  readonly plugins: readonly PluginStatus[];
  /** The host's last messages, oldest first. */
  readonly messages: readonly ShownMessage[];
}

/** Whether links use TLS, and how this host's certificate stands. */
export interface TlsStatus {
  readonly on: boolean;
  /** Absent when it is off, or when its files cannot be used. */
  readonly certificate?: CredentialsSummary;
  /** What is wrong with it at present: files that cannot be used, a CA that is not reached. */
  readonly problem?: string;
  /** `address:port` on which this host serves the CA of the site. */
  readonly ca?: string;
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
