/** What all sides of the benchmark `events` do alike. */
export const SHAPE = {
  recordBytes: 200,
  /** Events that our producer hands over in one commit, and Redis's in one pipeline. */
  batchRecords: 100,
  /** Of the peers: events published and not yet acknowledged. */
  inFlight: 2_000,
  warmUpMs: 1_500,
  measureMs: 4_000,
  rounds: 3,
  /** At which the time to the acknowledgement is taken. */
  calmEventsPerS: 10_000,
  calmMs: 10_000,
  /** Blocks of bulk data, and how many are under way. */
  blockBytes: 512 * 1024,
  blocksInFlight: 12,
} as const;

/** How a stretch of time went at a sender. */
export interface Stretch {
  /** Events that became durable at the far side. */
  readonly events: number;
  readonly elapsedMs: number;
}

/** Milliseconds from handing an event over to its durable acknowledgement. */
export interface Latencies {
  readonly eventsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of these, until the event was on the sender's own disk. */
  readonly storedP50Ms: number;
  readonly storedP99Ms: number;
}

/** Milliseconds that beats took from one host to the other. */
export interface BeatDelays {
  readonly beats: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The value below which this share of sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Bytes of blocks that went over in a time. */
export interface Moved {
  readonly bytes: number;
  readonly elapsedMs: number;
}

export function perSecond({ events, elapsedMs }: Stretch): number {
  return (events * 1_000) / elapsedMs;
}

export function gbPerS({ bytes, elapsedMs }: Moved): number {
  return bytes / elapsedMs / 1e6;
}
