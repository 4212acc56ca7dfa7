import type { HistoryEntry } from './history.ts';

/**
 * Judges a history from outside: answers one line for each thing that is wrong.
 * The ready ones read these entries, which a simulation records:
 *
 * - `item.offered` {item}: it was handed in and may take effect, once for each offer;
 * - `item.acknowledged` {item, place?}: somebody was told that it is safe;
 * - `item.applied` {item, place, origin?, number?, times?}: it took effect;
 * - `role.taken`, `role.left` {role, host}: a host acts in a role, and no longer.
 */
export type Checker = (entries: readonly HistoryEntry[]) => readonly string[];

/** Problems of one kind that are named; of the rest the number alone. */
const MAX_NAMED = 10;

/** All that is wrong with a history, by several checkers. */
export function judge(
  history: { readonly entries: readonly HistoryEntry[] },
  checkers: readonly Checker[],
): readonly string[] {
  return checkers.flatMap((check) => {
    const found = check(history.entries);
    const more = found.length - MAX_NAMED;
    return more <= 0 ? found : [...found.slice(0, MAX_NAMED), `and ${more} more of this kind`];
  });
}

export interface NothingLostOptions {
  /**
   * Where everything acknowledged has to be in the end, save what was
   * acknowledged for one place. Default: somewhere.
   */
  readonly places?: readonly string[];
}

/** Every item took effect at least as often as it was acknowledged. */
export function nothingLost({ places }: NothingLostOptions = {}): Checker {
  return (entries) => {
    const applied = countApplied(entries);
    const wanted = new Counts();
    for (const { kind, item, place } of entries) {
      if (kind !== 'item.acknowledged') continue;
      const where = place === undefined ? (places ?? [SOMEWHERE]) : [String(place)];
      for (const one of where) wanted.add(one, String(item), 1);
    }
    const wrong: string[] = [];
    wanted.each((place, item, times) => {
      const there = applied.of(place, item);
      if (there >= times) return;
      const where = place === SOMEWHERE ? '' : ` at ${place}`;
      wrong.push(`lost: ${item} was acknowledged ${count(times)} and took effect${where} ${there}`);
    });
    return wrong;
  };
}

/** No item took effect at one place more often than it was offered, and none that never was. */
export function nothingTwice(): Checker {
  return (entries) => {
    const offered = new Counts();
    for (const { kind, item } of entries) {
      if (kind === 'item.offered') offered.add(SOMEWHERE, String(item), 1);
    }
    const wrong: string[] = [];
    countApplied(entries).each((place, item, times) => {
      if (place === SOMEWHERE) return;
      const most = offered.of(SOMEWHERE, item);
      if (times <= most) return;
      const where = `took effect at ${place}`;
      if (most === 0) wrong.push(`invented: ${item} ${where} and was never offered`);
      else wrong.push(`twice: ${item} was offered ${count(most)} and ${where} ${times}`);
    });
    return wrong;
  };
}

/** At each place the numbered items of one origin took effect in the order of their numbers. */
export function inOrder(): Checker {
  return (entries) => {
    const last = new Map<string, number>();
    const wrong: string[] = [];
    for (const { kind, item, place, origin, number } of entries) {
      if (kind !== 'item.applied' || typeof number !== 'number') continue;
      const key = `${place}\n${origin}`;
      const before = last.get(key);
      if (before !== undefined && number < before) {
        wrong.push(`out of order: ${item} of ${origin} took effect at ${place} after ${before}`);
      }
      last.set(key, number);
    }
    return wrong;
  };
}

export interface OneHolderOptions {
  /** Longest time for which two may hold it at once, milliseconds. Default 0. */
  readonly overlapMs?: number;
}

/** Ends what a host, or one of its plugins, held. */
const ENDS = new Set(['host.crash', 'plugin.crash', 'plugin.failed', 'plugin.stopped']);

/** At most one host acts in a role at a time. A process that dies acts in none. */
export function oneHolder(role: string, { overlapMs = 0 }: OneHolderOptions = {}): Checker {
  return (entries) => {
    const holders = new Map<string, HistoryEntry>();
    const wrong: string[] = [];
    /** Two hosts at once: when that began. */
    let both: { readonly at: number; readonly hosts: string } | undefined;
    const settle = (at: number) => {
      if (both !== undefined && holders.size < 2) {
        if (at - both.at > overlapMs) {
          wrong.push(`two holders: ${both.hosts} held ${role} at once for ${at - both.at} ms`);
        }
        both = undefined;
      } else if (holders.size > 1) both ??= { at, hosts: [...holders.keys()].join(' and ') };
    };
    for (const entry of entries) {
      const { kind, host = '', at } = entry;
      if (kind === 'role.taken' && entry.role === role) holders.set(host, entry);
      else if (kind === 'role.left' && entry.role === role) holders.delete(host);
      else if (ENDS.has(kind) && isSamePlugin(holders.get(host), entry)) holders.delete(host);
      else continue;
      settle(at);
    }
    const end = entries.at(-1)?.at ?? 0;
    holders.clear();
    settle(end);
    return wrong;
  };
}

function isSamePlugin(taken: HistoryEntry | undefined, ended: HistoryEntry): boolean {
  return taken?.plugin === undefined || ended.plugin === undefined || taken.plugin === ended.plugin;
}

const SOMEWHERE = '';

function count(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}

function countApplied(entries: readonly HistoryEntry[]): Counts {
  const applied = new Counts();
  for (const { kind, item, place, times } of entries) {
    if (kind !== 'item.applied') continue;
    const amount = typeof times === 'number' ? times : 1;
    applied.add(String(place ?? 'an unnamed place'), String(item), amount);
    applied.add(SOMEWHERE, String(item), amount);
  }
  return applied;
}

/** How often each item, at each place; in the order of their first mention. */
class Counts {
  readonly #counts = new Map<string, Map<string, number>>();

  add(place: string, item: string, times: number): void {
    const items = this.#counts.get(place) ?? new Map<string, number>();
    this.#counts.set(place, items);
    items.set(item, (items.get(item) ?? 0) + times);
  }

  of(place: string, item: string): number {
    return this.#counts.get(place)?.get(item) ?? 0;
  }

  each(visit: (place: string, item: string, times: number) => void): void {
    for (const [place, items] of this.#counts) {
      for (const [item, times] of items) visit(place, item, times);
    }
  }
}
