import type { Clock } from '../clock.ts';
import type { Link } from '../link.ts';
import type { Store } from '../store.ts';

/** The hosts of the contract's network. Each is in the directory of the others; a `ghost` is in none. */
export type LinkHostName = 'a' | 'b' | 'c';

/** One running host. After a restart its handles are new ones: ask the harness again. */
export interface LinkHost {
  readonly name: LinkHostName;
  /** Id of the plugin whose store and link these are; the same on every host. */
  readonly plugin: string;
  readonly store: Store;
  readonly link: Link;
}

/**
 * A small network that the link contract is played on, in real or in virtual
 * time. Each case gets a network of its own, with all hosts running, empty
 * stores, and every connection whole. A case lets time pass by one call at a
 * time: it never has two of `until` and `within` under way.
 */
export interface LinkHarness {
  readonly clock: Clock;
  /** A silent cut must be noticed on both sides within this time. */
  readonly noticeLimitMs: number;

  /** A running host. @throws Error when it is crashed */
  host(name: LinkHostName): LinkHost;
  /**
   * Ends a host as a kill would: nothing that it had not committed happens any
   * more, and its connections break. What was on disk stays.
   */
  crash(name: LinkHostName): Promise<void>;
  /** Starts a crashed host again, on its old store or on a new, empty one with a new incarnation. */
  start(name: LinkHostName, store: 'kept' | 'new'): Promise<LinkHost>;

  /**
   * Breaks what connects two hosts, in both directions, until healed. `reset`:
   * connections end with an error, new ones are refused. `silent`: nothing
   * arrives any more, and nobody is told.
   */
  cut(one: LinkHostName, other: LinkHostName, how: 'reset' | 'silent'): Promise<void>;
  heal(one: LinkHostName, other: LinkHostName): Promise<void>;

  /** Lets time pass until `ready()` holds. @throws Error naming `what` after `limitMs` */
  until(what: string, limitMs: number, ready: () => boolean): Promise<void>;
  /** Lets time pass until `work` is settled, and gives its outcome. @throws Error after `limitMs` */
  within<T>(limitMs: number, work: Promise<T>): Promise<T>;
}
