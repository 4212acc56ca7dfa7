import type { CommandResult } from '@ftctl/sdk';

/** What `ftctl probe status --json` prints on a probe. Times are ISO 8601. */
export interface ProbeStatus {
  readonly role: 'probe';
  readonly mode: 'standard' | 'master' | 'slave';
  /** Forwards events: always, but for a slave whose master beats. */
  readonly active: boolean;
  readonly activeSince: string | null;
  /** How often this slave has taken over since it started. */
  readonly takeovers: number;
  readonly peer: string | null;
  readonly lastBeat: string | null;
  readonly udpPort: number;
  readonly tcpPort: number;
  readonly received: number;
  readonly forwarded: number;
  readonly lost: number;
  readonly cached: number;
  readonly server: string;
  readonly serverUp: boolean;
  /** Events stored that the ObjectServer does not have yet. */
  readonly outbox: number;
}

/** What it prints on an ObjectServer. */
export interface ObjectServerStatus {
  readonly role: 'objectserver';
  readonly rows: number;
  readonly events: number;
  /** Copies of events that the partner had delivered already; not counted. */
  readonly duplicates: number;
}

export function probeStatusResult(
  status: ProbeStatus | ObjectServerStatus | undefined,
): CommandResult {
  if (status === undefined) return { data: null, text: 'not started', exitCode: 1 };
  const rows = Object.entries(status).map(([name, value]) => [words(name), shown(value)]);
  return { data: status, table: { columns: ['what', 'value'], rows } };
}

/** `activeSince` as `active since`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function shown(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  return value === null ? '-' : String(value);
}
