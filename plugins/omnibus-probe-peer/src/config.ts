/** The plugin's config after the host has checked it against `config.schema.json` and filled in defaults. */
export type Config = ProbeConfig | ObjectServerConfig;

export interface ProbeConfig {
  readonly role: 'probe';
  readonly Mode: 'standard' | 'master' | 'slave';
  /** The other probe's host, a name of the directory. */
  readonly PeerHost?: string;
  /** Port of the other probe where the directory gives its host without a port. */
  readonly PeerPort?: number;
  /** Seconds between two heartbeats; the slave uses the master's. */
  readonly BeatInterval: number;
  /** Seconds that the slave waits beyond the interval. */
  readonly BeatThreshold: number;
  readonly peerMode: 'exact' | 'classic';
  /** Host of the ObjectServer, a name of the directory. */
  readonly Server: string;
  readonly syslog: {
    readonly address: string;
    /** 0 lets the system choose; absent: not listening. */
    readonly udpPort?: number;
    readonly tcpPort?: number;
  };
  /** Most megabytes of events that wait for the ObjectServer on disk. */
  readonly outboxLimitMb: number;
}

export interface ObjectServerConfig {
  readonly role: 'objectserver';
  /** Most rows of the alert table. */
  readonly alertLimit: number;
}
