/**
 * The alert table (alerts.status): one row per Identifier, repeated events
 * counted in Tally. Field names are the field's own.
 */
export interface AlertFields {
  /** Deduplication key. */
  readonly Identifier: string;
  readonly Node: string;
  /** Kind of probe; the same on both peers, or a clear sent by one would not fit the other's problem. */
  readonly Manager: string;
  readonly AlertGroup: string;
  readonly AlertKey: string;
  /** 0 clear, 1 indeterminate, 2 warning, 3 minor, 4 major, 5 critical. */
  readonly Severity: number;
  readonly Summary: string;
}

export interface AlertRow extends AlertFields {
  /** Number of the row, in order of first insertion. */
  readonly Serial: number;
  /** How many events it stands for. */
  readonly Tally: number;
  /** Milliseconds since 1970 UTC. */
  readonly FirstOccurrence: number;
  readonly LastOccurrence: number;
}

/**
 * Inserts or deduplicates. An event that is older than the row's newest one
 * counts in Tally and leaves Summary alone: a probe that catches up must not
 * make the table look older than it is.
 */
export function deduplicate(
  row: AlertRow | undefined,
  fields: AlertFields,
  occurredAtMs: number,
  nextSerial: number,
): AlertRow {
  if (row === undefined) {
    return {
      ...fields,
      Serial: nextSerial,
      Tally: 1,
      FirstOccurrence: occurredAtMs,
      LastOccurrence: occurredAtMs,
    };
  }
  const newest = occurredAtMs >= row.LastOccurrence;
  return {
    ...row,
    Summary: newest ? fields.Summary : row.Summary,
    Severity: row.Severity === 0 ? fields.Severity : row.Severity,
    Tally: row.Tally + 1,
    FirstOccurrence: Math.min(row.FirstOccurrence, occurredAtMs),
    LastOccurrence: Math.max(row.LastOccurrence, occurredAtMs),
  };
}
