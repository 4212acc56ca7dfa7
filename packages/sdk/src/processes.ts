/** Child processes, for plugins whose manifest asks for that permission. */
export interface Processes {
  /** Starts `command` without a shell. @throws FtError when it cannot be started */
  start(command: string, args: readonly string[], options?: ProcessOptions): Promise<ChildProcess>;
}

export interface ProcessOptions {
  readonly cwd?: string;
  /** Replaces the environment; without it the child gets the plugin's own, already filtered. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ChildProcess {
  readonly pid: number;
  /** Resolves false once the pipe is closed; awaiting it is the back-pressure. */
  write(bytes: Uint8Array): Promise<boolean>;
  closeInput(): void;
  onOutput(listener: (bytes: Uint8Array, from: 'stdout' | 'stderr') => void): void;
  kill(signal?: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void;
  readonly exited: Promise<ProcessExit>;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}
