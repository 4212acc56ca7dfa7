import type { Load } from '../context.ts';

/** A command of `ftctl`, declared without loading what carries it out. */
export interface CommandSpec {
  /** One word: `status`. */
  readonly name: string;
  readonly summary: string;
  /** More than the summary says, for `--help`. */
  readonly description?: string;
  /** `<name>` or `[name]`, `...` behind the name for several, and what it is. */
  readonly arguments?: readonly (readonly [use: string, summary: string])[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** Exit codes that the command can end with, besides 0 and 2. */
  readonly exits: readonly number[];
  readonly load: Load<never>;
}

export interface OptionSpec {
  readonly flags: string;
  readonly summary: string;
  readonly default?: string;
  readonly required?: boolean;
  /** May be given several times; the values come as a list. */
  readonly repeated?: boolean;
}

/** Commands under one first word: `ftctl plugin ...`. */
export interface CommandGroupSpec {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly commands: readonly CommandSpec[];
}
