/** What happens to bytes from one host to another. */
export type Way = 'open' | 'held' | 'refused';

export interface CutOptions {
  /** A black hole: nothing passes and nobody is told. Without it connections are reset. */
  readonly silent?: boolean;
  /**
   * Only what goes from the first host to the second is lost, whoever dialed.
   * A loss in one direction is always silent.
   */
  readonly oneWay?: boolean;
}

export interface Cut {
  readonly from: string;
  readonly to: string;
  readonly way: Exclude<Way, 'open'>;
}

/** Which ways between the hosts are cut. */
export class Cuts {
  private readonly ways = new Map<string, Cut>();

  /** Cuts `a` from `b`. Replaces what was between them, but one-way cuts add up. */
  cut(a: string, b: string, options: CutOptions = {}): void {
    const way = options.silent || options.oneWay ? 'held' : 'refused';
    if (!options.oneWay) this.set(b, a, way);
    // A reset that is left in the other direction would end what is now to be silent.
    else if (this.way(b, a) === 'refused') this.heal(a, b);
    this.set(a, b, way);
  }

  heal(a: string, b: string): void {
    this.ways.delete(key(a, b));
    this.ways.delete(key(b, a));
  }

  way(from: string, to: string): Way {
    return this.ways.get(key(from, to))?.way ?? 'open';
  }

  list(): readonly Cut[] {
    return [...this.ways.values()];
  }

  private set(from: string, to: string, way: Cut['way']): void {
    this.ways.set(key(from, to), { from, to, way });
  }
}

function key(from: string, to: string): string {
  return `${from} ${to}`;
}
