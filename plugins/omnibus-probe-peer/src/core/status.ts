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
