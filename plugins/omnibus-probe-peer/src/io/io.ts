/** What the probe needs of the world beyond the host's services; replaced in the simulated world. */
export interface ProbeIo {
  /** Opens the syslog receiver. */
  listenSyslog(options: SyslogOptions, receive: SyslogReceiver): Promise<SyslogListener>;
  /** First 16 hexadecimal digits of the SHA-256 of a text. */
  digest(text: string): string;
  /** This machine's offset from UTC at that time, in minutes to the east. */
  utcOffsetMinutes(atMs: number): number;
}

export interface SyslogOptions {
  readonly address: string;
  readonly udpPort?: number;
  readonly tcpPort?: number;
}

export interface SyslogReceiver {
  /** One message, as it came. */
  message(bytes: Uint8Array, from: string, transport: 'udp' | 'tcp'): void;
  /** Everything that had come so far has been handed over. */
  drained(): void;
  /** A sender or the operating system did something wrong; the receiver goes on. */
  trouble(text: string): void;
}

export interface SyslogListener {
  /** The bound ports; 0 where it does not listen. */
  readonly udpPort: number;
  readonly tcpPort: number;
  /** Holds up TCP senders; UDP cannot be held up. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}
