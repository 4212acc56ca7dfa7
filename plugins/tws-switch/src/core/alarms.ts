/** How much of its limit something takes up. */
export interface Fill {
  /** As an operator knows it, for example `the own log`. */
  readonly what: string;
  readonly bytes: number;
  readonly limit: number;
}

/** Part of a limit from which on it is told. */
export const ALARM = 0.7;
/** Part of a limit below which it is over: not told again and again around the first. */
const CLEAR = 0.6;

/** Tells once what gets near its limit, and once that it is over. */
export class Alarms {
  readonly #on = new Set<string>();

  look(fills: readonly Fill[]): {
    readonly raised: readonly Fill[];
    readonly cleared: readonly string[];
  } {
    const raised = fills.filter(
      ({ what, bytes, limit }) => bytes >= limit * ALARM && !this.#on.has(what),
    );
    const high = new Set(fills.flatMap((one) => (one.bytes > one.limit * CLEAR ? [one.what] : [])));
    const cleared = [...this.#on].filter((what) => !high.has(what));
    for (const { what } of raised) this.#on.add(what);
    for (const what of cleared) this.#on.delete(what);
    return { raised, cleared };
  }
}

export function percentOf({ bytes, limit }: Pick<Fill, 'bytes' | 'limit'>): number {
  return Math.round((bytes / limit) * 100);
}
