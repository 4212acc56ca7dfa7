/**
 * `run/<process>.json`: who runs. Written atomically (mode 0600) by the process
 * itself once it is ready, removed when it stops in order. A starting host
 * adopts a plugin process whose pid and start time are those of the record and
 * whose `runner` and `spec` are what it would start itself.
 */
export interface RunRecord {
  readonly pid: number;
  /** Start time of that pid as the system tells it, so that a reused pid is not taken for it. */
  readonly startTime: string;
  /** Version of the code that runs the plugin. */
  readonly runner: string;
  /** Digest of what the process was started with: plugin folder, config, directory, listen address. */
  readonly spec: string;
  /** Port on which it accepts links, or serves metrics (host). */
  readonly port?: number;
  /** ISO 8601. */
  readonly startedAt: string;
}
