import type { LogBounds, LogLimits, LogOptions, Seq } from './store.ts';

/**
 * How a store came to be. A plugin that finds its store `restored` has gone
 * back in time: what it acknowledged after the backup was taken is not there,
 * while its peers remember it. It compares its positions with theirs before it
 * acts on what it holds, and lets them send again what is missing.
 */
export interface StoreOrigin {
  readonly kind: 'created' | 'restored';
  /** Milliseconds since 1970 UTC; 0 when the store does not say. */
  readonly at: number;
  /** Only when restored: the history that the backup was taken of, and when. */
  readonly from?: { readonly incarnation: string; readonly takenAt: number };
}

/** What a store holds and how full it is. Each part is as of some moment during the call. */
export interface StoreInspection {
  readonly incarnation: string;
  /** Version of the form in which it is stored. */
  readonly format: number;
  readonly origin: StoreOrigin;
  /** Size of what it occupies on disk. */
  readonly fileBytes: number;
  /** The part of it that is free to be written again. */
  readonly freeBytes: number;
  /** Processes and transactions that read it at present. */
  readonly readers: number;
  /** What waits for a flush. */
  readonly pendingBytes: number;
  /** By name, as the two below. */
  readonly logs: readonly LogInspection[];
  readonly counters: readonly SizeInspection[];
  readonly tables: readonly SizeInspection[];
}

export interface LogInspection extends LogBounds {
  readonly name: string;
  /** Undefined for a log that was written before limits were noted, and not opened since. */
  readonly limits: LogLimits | undefined;
  readonly overflow: LogOptions<unknown>['overflow'] | undefined;
  readonly topic: boolean;
  readonly cursors: readonly CursorInspection[];
}

export interface CursorInspection {
  readonly name: string;
  readonly position: Seq;
  /** Records behind it that its reader has not done yet. */
  readonly lag: number;
}

export interface SizeInspection {
  readonly name: string;
  readonly entries: number;
  /** Of keys and values, as encoded. */
  readonly bytes: number;
}

/** What a check of every checksum has found. */
export interface StoreCheck {
  readonly records: number;
  /** Values of tables, marks and cursors. */
  readonly values: number;
  readonly bytes: number;
  /** Things that are damaged: at most `MAX_LISTED_DAMAGE` are listed, all are counted. */
  readonly damaged: number;
  readonly damage: readonly StoreDamage[];
}

/** One damaged thing, by name: `log box, records 4 to 9`. */
export interface StoreDamage {
  readonly what: string;
  readonly why: string;
}

/** Damaged things that one check lists. */
export const MAX_LISTED_DAMAGE = 1_000;
