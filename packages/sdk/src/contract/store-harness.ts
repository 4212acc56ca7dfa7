import type { Store } from '../store.ts';
import type { StoreLimits } from '../store-limits.ts';

/**
 * What a contract case needs of a store's implementation. Each case gets a
 * harness of its own, with nothing stored; its maker removes all of it
 * afterwards, also what a case has left open.
 *
 * A case just awaits: an implementation that lives on a virtual clock lets its
 * time run for as long as a case waits.
 */
export interface StoreHarness {
  /**
   * Opens the store of a plugin as its one writer: empty the first time, later
   * with what its last writer left on disk. All stores of a harness are on one
   * host, so each can read the others' topics.
   */
  open(options?: OpenOptions): Promise<StoreUnderTest>;
  /**
   * Changes the disk of a plugin whose store is closed: wherever these bytes
   * stand, one bit of them is flipped. Throws when they are nowhere.
   */
  damage(plugin: string, bytes: Uint8Array): Promise<void>;
  /** Backs up a plugin's store, which is closed, and puts the backup in its place. */
  restore(plugin: string): Promise<void>;
}

export interface OpenOptions {
  /** The plugin's id; `subject` when it does not matter. */
  readonly plugin?: string;
  readonly limits?: Partial<StoreLimits>;
}

export interface StoreUnderTest {
  readonly store: Store;
  /** Ends it in order: every commit asked for before is on disk when it resolves. */
  close(): Promise<void>;
  /** Ends it as a crash does: only what was durable is there at the next `open`. */
  crash(): Promise<void>;
  /**
   * From now on nothing reaches the disk: commits stay unresolved until
   * `releaseFlushes`. A flush that was under way may still end.
   */
  holdFlushes(): void;
  releaseFlushes(): void;
  /** From now on each flush finds the disk full, until `freeDisk`. */
  fillDisk(): void;
  freeDisk(): void;
}
