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
  readonly plugins: readonly PluginStatus[];
  /** The host's last messages, oldest first. */
  readonly messages: readonly ShownMessage[];
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
