import type { HomePaths } from '@ftctl/host/control';
import type { Io } from './io.ts';
import type { Output } from './output/output.ts';

/** What every command gets. */
export interface Context {
  readonly io: Io;
  readonly out: Output;
  readonly paths: HomePaths;
}

/** What the command line said, after commander has read it. */
export interface Call<Options> {
  /** Arguments in the order of the declaration; one that was left out is undefined. */
  readonly args: readonly (string | undefined)[];
  /** The values of an argument that takes several. */
  readonly rest: readonly string[];
  readonly options: Options;
}

/** A command's work. Answers the exit code; nothing means done. */
export type Action<Options> = (
  context: Context,
  call: Call<Options>,
) => Promise<number | undefined>;

/** A command's module, loaded when the command is called and not before. */
export type Load<Options> = () => Promise<{ readonly run: Action<Options> }>;
