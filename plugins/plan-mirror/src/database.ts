import type { PlanReader } from '@ftctl/plan/queries';
import type { FacetChange, RowChange, SinfoniaHead } from '@ftctl/plan/source';
import type { LanePosition, Mirrored } from './core/resume.ts';

/** Names a copy of a plan: the number of the master's epoch, then its syncid. Ordered like a pair. */
export interface CopyKey {
  readonly epoch: number;
  readonly syncid: number;
}

/** What stands in the database. */
export interface DatabaseState {
  /** The highest copy that anybody has begun. */
  readonly claimed?: CopyKey;
  /** The copy that is shown, with how far its lanes are. */
  readonly shown?: Mirrored;
}

/**
 * The database that a plan is mirrored in. Every change is one transaction that
 * first sees that nobody has begun a higher copy, so an old master cannot write.
 *
 * @throws FtError FT_MIRROR_SUPERSEDED from everything that takes a key;
 *   FT_MIRROR_DATABASE when the database cannot be reached or refuses
 */
export interface MirrorDatabase {
  /** In words: `SQLite /var/lib/...`. Without secrets. */
  readonly name: string;
  /** Connects, and brings the schema up to date. */
  open(): Promise<void>;
  close(): Promise<void>;
  state(): Promise<DatabaseState>;
  /** Begins a copy: from now on nobody writes for a lower one. */
  claim(key: CopyKey): Promise<void>;
  /** Rows of a copy that nobody sees yet. */
  load(key: CopyKey, head: SinfoniaHead, rows: AsyncIterable<readonly FacetRow[]>): Promise<void>;
  /** Shows a copy, all lanes at the position at which it was taken, in one step. */
  show(key: CopyKey, head: SinfoniaHead, lanes: readonly LanePosition[]): Promise<void>;
  /** What a lane has read, with its new position. */
  apply(key: CopyKey, changes: readonly RowChange[], position: LanePosition): Promise<void>;
  /**
   * Deletes some rows of copies that are not shown, and of the history of jobs what
   * is older.
   *
   * @param beforeMs wall clock, milliseconds since 1970 UTC
   * @returns how many; 0 when there are none left
   */
  sweep(key: CopyKey, beforeMs: number): Promise<number>;
  /** A stream and its jobs, or what belongs to no stream, as they were written. */
  facets(key: CopyKey, stream: string | undefined): Promise<readonly FacetChange[]>;
  streamIds(key: CopyKey): Promise<readonly string[]>;
  /** Of the plan that is shown. */
  readonly reader: PlanReader;
}

/** All facets of one row. */
export interface FacetRow {
  readonly id: string;
  readonly facets: readonly FacetChange[];
}
