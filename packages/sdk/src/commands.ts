/** What a plugin's command gets from `ftctl`, and what it answers. */
export interface CommandCall {
  /** Values of the arguments that the manifest declares, by name. */
  readonly args: Readonly<Record<string, string | readonly string[]>>;
  /** Values of the options that the manifest declares, by long name in camel case. */
  readonly options: Readonly<Record<string, string | boolean>>;
  /** The caller's working directory. */
  readonly cwd: string;
  /** The caller's standard input, in pieces as they come. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Writes to the caller's standard output or error while the command still runs. */
  write(piece: string | Uint8Array, to?: 'stdout' | 'stderr'): void;
  /** Called when the caller is interrupted or goes away. */
  onInterrupt(listener: (signal: 'SIGINT' | 'SIGTERM' | 'gone') => void): void;
}

export interface CommandResult {
  /** Printed as it is by `--json`. */
  readonly data: unknown;
  /** For people: a table that `ftctl` fits to the terminal. */
  readonly table?: CommandTable;
  /** For people: lines above the table, or in its place. */
  readonly text?: string;
  /** 0 unless given. */
  readonly exitCode?: number;
}

export interface CommandTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export type CommandHandler = (call: CommandCall) => Promise<CommandResult> | CommandResult;
