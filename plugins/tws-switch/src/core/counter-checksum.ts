/**
 * FNV-1a over an event counter, order of origins not counting: tells whether
 * the blocks of a table were put together as they were sent. Against accidents,
 * not against an enemy; links are authenticated.
 */
export function counterChecksum(marks: Iterable<readonly [string, number]>): string {
  const lines = [...marks].map(([origin, id]) => `${origin}=${id}`).sort();
  let hash = 0x811c9dc5;
  for (const line of lines) {
    for (let at = 0; at < line.length; at += 1) {
      hash = Math.imul(hash ^ line.charCodeAt(at), 0x01000193) >>> 0;
    }
    hash = Math.imul(hash ^ 10, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
