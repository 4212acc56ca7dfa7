/** What the alert table shows of one kind of event. */
export interface TableRow {
  readonly AlertKey: string;
  readonly Tally: number;
}

export interface Comparison {
  readonly sent: number;
  /** Sum of Tally. */
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Keys that differ, for the curious. */
  readonly differences: readonly {
    readonly key: string;
    readonly sent: number;
    readonly tally: number;
  }[];
}

/** As the plugin's README says: digits become `#`, the first 120 characters count. */
export function alertKeyOf(line: string): string {
  return line
    .trim()
    .replace(/[0-9]+/g, '#')
    .slice(0, 120);
}

/** Compares the alert table with what was sent, key by key, without asking the plugin's code. */
export function compare(sent: readonly string[], rows: readonly TableRow[]): Comparison {
  const expected = new Map<string, number>();
  for (const line of sent) {
    const key = alertKeyOf(line);
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  const found = new Map<string, number>();
  for (const { AlertKey, Tally } of rows) found.set(AlertKey, (found.get(AlertKey) ?? 0) + Tally);
  const keys = new Set([...expected.keys(), ...found.keys()]);
  const differences = [...keys]
    .map((key) => ({ key, sent: expected.get(key) ?? 0, tally: found.get(key) ?? 0 }))
    .filter((difference) => difference.sent !== difference.tally);
  const total = (pick: (difference: { sent: number; tally: number }) => number) =>
    differences.reduce((sum, difference) => sum + Math.max(0, pick(difference)), 0);
  return {
    sent: sent.length,
    delivered: [...found.values()].reduce((sum, tally) => sum + tally, 0),
    lost: total(({ sent: wanted, tally }) => wanted - tally),
    duplicated: total(({ sent: wanted, tally }) => tally - wanted),
    differences,
  };
}
