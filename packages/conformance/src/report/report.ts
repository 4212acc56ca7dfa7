import type { Result } from '../requirement.ts';
import type { Verdict } from '../verdict.ts';

/** What `conformance.json` holds. */
export interface Report {
  readonly reportVersion: 1;
  readonly mode: 'check' | 'run';
  /** Version of this kit. */
  readonly kit: string;
  readonly node: string;
  /** What the caller named. */
  readonly source: string;
  /** `sha512-...` of the tarball. */
  readonly integrity: string;
  readonly id?: string;
  readonly package?: string;
  readonly version?: string;
  readonly profile?: string;
  /** Replays what was left to chance. */
  readonly seed?: string;
  /** ISO 8601. */
  readonly at: string;
  readonly verdict: Verdict;
  readonly results: readonly Result[];
}
