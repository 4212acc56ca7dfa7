/** FNV-1a, 32 bits: against accidents, not against an enemy; links are authenticated. */
const START = 0x811c9dc5;
const PRIME = 0x01000193;
const LINE_END = 10;

/**
 * Over an event counter, order of origins not counting: tells whether the blocks
 * of a table were put together as they were sent.
 */
export function counterChecksum(marks: Iterable<readonly [string, number]>): string {
  const lines = [...marks].map(([origin, id]) => `${origin}=${id}`).sort();
  let hash = START;
  for (const line of lines) hash = mix(add(hash, line), LINE_END);
  return hexOf(hash);
}

/** Over a message as it is written: tells whether two sides mean the same one by an id. */
export function messageChecksum(sealed: string): string {
  return hexOf(add(START, sealed));
}

function add(hash: number, text: string): number {
  let sum = hash;
  for (let at = 0; at < text.length; at += 1) sum = mix(sum, text.charCodeAt(at));
  return sum;
}

function mix(hash: number, code: number): number {
  return Math.imul(hash ^ code, PRIME) >>> 0;
}

function hexOf(hash: number): string {
  return hash.toString(16).padStart(8, '0');
}
