import type { Result } from './requirement.ts';

export interface Verdict {
  /** Every MUST that the plugin claims was tested and is met. */
  readonly conforms: boolean;
  /** Ids of MUSTs that are not met. */
  readonly failed: readonly string[];
  /** Ids of claimed MUSTs that could not be tested: they count as not met. */
  readonly skipped: readonly string[];
  /** Ids of SHOULDs that are not met, or could not be tested. */
  readonly advised: readonly string[];
  readonly passed: number;
}

export function judge(results: readonly Result[]): Verdict {
  const ids = (keep: (result: Result) => boolean) => results.filter(keep).map(({ id }) => id);
  const failed = ids(({ level, status }) => level === 'MUST' && status === 'failed');
  const skipped = ids(({ level, status }) => level === 'MUST' && status === 'skipped');
  const advised = ids(
    ({ level, status }) => level === 'SHOULD' && (status === 'failed' || status === 'skipped'),
  );
  return {
    conforms: failed.length === 0 && skipped.length === 0,
    failed,
    skipped,
    advised,
    passed: results.filter(({ status }) => status === 'passed').length,
  };
}
