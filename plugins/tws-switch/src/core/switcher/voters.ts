import { isNewer, type Version } from '@ftctl/plan';

/**
 * Who votes on the manager of a domain. It changes by one name at a time, made
 * by the acting manager: first a list with `previous`, by which everything needs
 * a majority of both; when a majority of both has stored it, the same without.
 */
export interface VoterList {
  /** Era: number of the epoch in which it was made; 0 for the configured one. */
  readonly version: Version;
  readonly names: readonly string[];
  /** Present until the change is effective. */
  readonly previous?: readonly string[];
}

/** Most voters, so that every message stays small. */
export const MAX_VOTERS = 9;
/** Fewest voters with which a domain switches by itself. */
export const MIN_AUTOMATIC_VOTERS = 3;

export type VotersChange = { readonly add: string } | { readonly remove: string };

/** The list of the configuration. */
export function configuredVoters(names: readonly string[]): VoterList {
  return { version: { era: 0, n: 0 }, names };
}

export function isNewerList(a: VoterList, b: VoterList): boolean {
  return isNewer(a.version, b.version);
}

export function isVoter(list: VoterList, name: string): boolean {
  return list.names.includes(name) || (list.previous?.includes(name) ?? false);
}

/** All who are asked, each once. */
export function allVoters(list: VoterList): readonly string[] {
  if (list.previous === undefined) return list.names;
  return [...new Set([...list.names, ...list.previous])];
}

/** Whether those for whom `has` holds are a majority; during a change, of the old and of the new list. */
export function isMajority(list: VoterList, has: (name: string) => boolean): boolean {
  return (
    isMajorityOf(list.names, has) &&
    (list.previous === undefined || isMajorityOf(list.previous, has))
  );
}

function isMajorityOf(names: readonly string[], has: (name: string) => boolean): boolean {
  let count = 0;
  for (const name of names) if (has(name)) count += 1;
  return count * 2 > names.length;
}

/** The greatest value that a majority reaches; during a change, a majority of each list. */
export function majorityValue(list: VoterList, value: (name: string) => number): number {
  const of = (names: readonly string[]) =>
    names.map(value).sort((a, b) => b - a)[Math.floor(names.length / 2)] ??
    Number.NEGATIVE_INFINITY;
  return list.previous === undefined ? of(list.names) : Math.min(of(list.names), of(list.previous));
}

/** The list with one name more or less, not yet effective; a text when that may not be. */
export function changeVoters(
  list: VoterList,
  change: VotersChange,
  era: number,
  automatic: boolean,
): VoterList | 'change-pending' | 'is-voter' | 'no-voter' | 'too-many' | 'too-few' {
  if (list.previous !== undefined) return 'change-pending';
  const version = nextVersion(list, era);
  if ('add' in change) {
    if (list.names.includes(change.add)) return 'is-voter';
    if (list.names.length >= MAX_VOTERS) return 'too-many';
    return { version, names: [...list.names, change.add], previous: list.names };
  }
  if (!list.names.includes(change.remove)) return 'no-voter';
  const names = list.names.filter((name) => name !== change.remove);
  if (names.length < (automatic ? MIN_AUTOMATIC_VOTERS : 1)) return 'too-few';
  return { version, names, previous: list.names };
}

/** The list once its change is effective. */
export function settleVoters(list: VoterList, era: number): VoterList {
  return { version: nextVersion(list, era), names: list.names };
}

function nextVersion({ version }: VoterList, era: number): Version {
  return era > version.era ? { era, n: 1 } : { era: version.era, n: version.n + 1 };
}
