/**
 * A contract suite is a list of cases that any implementation can be put
 * through, whatever test runner calls them: a case throws when the contract is
 * broken.
 */
export interface ContractCase<Harness> {
  /** What is required, as a sentence. */
  readonly requirement: string;
  run(harness: Harness): Promise<void>;
}

/** Throws when `condition` is false; the text says what the contract requires. */
export function ensure(condition: boolean, text: string): asserts condition {
  if (!condition) throw new Error(`contract broken: ${text}`);
}

/** Throws unless both are the same when written as JSON. */
export function ensureEqual(actual: unknown, expected: unknown, text: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`contract broken: ${text}: got ${left}, expected ${right}`);
}
