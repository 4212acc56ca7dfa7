/** An error with its stack, anything else as it is. */
export function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * What kind of problem a text tells of: without times, numbers, and what comes
 * after the first colon. Two runs that fail by the same kind fail in the same way.
 */
export function kindOfProblem(problem: string): string {
  const [firstLine = ''] = problem.split('\n');
  const parts = firstLine.replace(/^at [\d.]+ ms: /, '').split(': ');
  const kind = /Error$/.test(parts[0] ?? '') ? parts.slice(0, 2).join(': ') : (parts[0] ?? '');
  return kind
    .split(/[\s,]+/)
    .filter((word) => !/\d/.test(word))
    .join(' ');
}
