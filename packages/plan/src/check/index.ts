import { createHash } from 'node:crypto';
import type { FacetChange } from '../source/facets.ts';

/** Of a hash; enough to tell two contents of a plan apart. */
const HASH_CHARACTERS = 22;

/**
 * What facets of rows hash to, in whatever order they come: the same where the
 * versions and the cells are the same.
 */
export function hashOf(facets: Iterable<FacetChange>): string {
  const lines: string[] = [];
  for (const { facet, id, version, cells } of facets) {
    lines.push(JSON.stringify([facet, id, version.era, version.n, ...cells]));
  }
  return createHash('sha256')
    .update(lines.sort().join('\n'))
    .digest('base64url')
    .slice(0, HASH_CHARACTERS);
}
