import type { Cell } from '@ftctl/plan/source';
import type { CopyKey } from '../../database.ts';
import type { PackedRows } from './packed-rows.ts';

/** One thing that a transaction does. */
export type Step =
  | { readonly rows: PackedRows }
  | { readonly sql: string; readonly parameters: readonly Cell[] };

export type ResultRow = Readonly<Record<string, Cell>>;

/** A connection to a file of SQLite, in this thread or another. */
export interface SqliteConnection {
  /** Opens the file; one that `migrates` first brings its schema up to date. */
  open(migrates: boolean): Promise<void>;
  close(): Promise<void>;
  all(sql: string, parameters: readonly Cell[]): Promise<readonly ResultRow[]>;
  /**
   * All steps in one transaction, in which nobody has begun a higher copy.
   *
   * @returns how many rows the last step has changed
   * @throws FtError FT_MIRROR_SUPERSEDED
   */
  write(key: CopyKey, steps: readonly Step[]): Promise<number>;
}
