/**
 * How one probe saw one event: what two peers compare to find out whether they
 * saw the same one. Syslog events carry no id; `docs/decisions` has the record
 * of why this is compared and nothing else.
 */
export interface Sighting {
  /** Digest of the event's identity text: 16 hexadecimal digits. */
  readonly print: string;
  /** It was received between these two times, in milliseconds of the ObjectServer's clock. */
  readonly from: number;
  readonly to: number;
  /** The sender's own time stamp, when the message has one. */
  readonly stamp?: number;
  /** Position in the log of the probe that forwards it; 0 while it is not stored. */
  readonly seq: number;
}

/** How far apart two copies of one event may arrive at two probes that are both awake. */
export const MATCH_TOLERANCE_MS = 250;
/** How far apart the stamps of two copies may be: a sender that writes twice crosses a second. */
export const STAMP_TOLERANCE_MS = 1_500;
/** A reception known less exactly than this is in doubt: the probe was not running all the time. */
export const EXACT_WINDOW_MS = 1_000;
/** A stamp that is further than this from the reception says nothing about when the event was sent. */
export const STAMP_TRUST_MS = 300_000;

/**
 * Whether two probes saw the same event. In doubt they did not: then it is
 * forwarded twice and never lost.
 */
export function sameEvent(a: Sighting, b: Sighting): boolean {
  if (a.print !== b.print) return false;
  if (a.from - MATCH_TOLERANCE_MS > b.to || b.from - MATCH_TOLERANCE_MS > a.to) return false;
  if (a.stamp !== undefined && b.stamp !== undefined) {
    if (Math.abs(a.stamp - b.stamp) > STAMP_TOLERANCE_MS) return false;
  }
  return (isExact(a) && isExact(b)) || (hasTrustedStamp(a) && hasTrustedStamp(b));
}

/**
 * Of sightings that may all be the same event, the one whose stamp, and then
 * whose reception, is nearest; the oldest of equals. Where one copy is missing,
 * the oldest alone would shift all that follow by one.
 */
export function nearest<S extends Sighting>(
  candidates: readonly S[],
  other: Sighting,
): S | undefined {
  let best: S | undefined;
  for (const candidate of candidates) {
    if (!sameEvent(candidate, other)) continue;
    if (best === undefined || isNearer(candidate, best, other)) best = candidate;
  }
  return best;
}

function isNearer(one: Sighting, best: Sighting, other: Sighting): boolean {
  const stamps = stampDistanceMs(one, other) - stampDistanceMs(best, other);
  return stamps !== 0 ? stamps < 0 : distanceMs(one, other) < distanceMs(best, other);
}

function stampDistanceMs(a: Sighting, b: Sighting): number {
  return a.stamp === undefined || b.stamp === undefined ? 0 : Math.abs(a.stamp - b.stamp);
}

/** Between the two windows; 0 where they overlap. */
function distanceMs(a: Sighting, b: Sighting): number {
  return Math.max(0, a.from - b.to, b.from - a.to);
}

function isExact(sighting: Sighting): boolean {
  return sighting.to - sighting.from <= EXACT_WINDOW_MS;
}

function hasTrustedStamp(sighting: Sighting): boolean {
  if (sighting.stamp === undefined) return false;
  return (
    sighting.stamp >= sighting.from - STAMP_TRUST_MS &&
    sighting.stamp <= sighting.to + STAMP_TRUST_MS
  );
}

/** Sightings by print, oldest first; each is taken at most once. */
export class SightingIndex<S extends Sighting = Sighting> {
  readonly #byPrint = new Map<string, S[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(sighting: S): void {
    const known = this.#byPrint.get(sighting.print);
    if (known === undefined) this.#byPrint.set(sighting.print, [sighting]);
    else known.push(sighting);
    this.#size += 1;
  }

  /** Takes out the nearest sighting of the same event. */
  take(other: Sighting): S | undefined {
    const match = nearest(this.#byPrint.get(other.print) ?? [], other);
    if (match !== undefined) this.remove(match);
    return match;
  }

  remove(sighting: S): void {
    const known = this.#byPrint.get(sighting.print);
    const at = known?.indexOf(sighting) ?? -1;
    if (known === undefined || at < 0) return;
    known.splice(at, 1);
    this.#size -= 1;
    if (known.length === 0) this.#byPrint.delete(sighting.print);
  }
}
