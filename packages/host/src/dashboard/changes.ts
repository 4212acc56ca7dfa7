const LOOK_MS = 1_000;
/** Browsers that are told of changes at a time. */
export const MAX_WATCHERS = 2_000;

/** Tells that the answers of a plugin may have changed. */
export type Tell = (plugin: string) => void;

/**
 * Looks once a second what has changed, for all who watch together, and only
 * while somebody does.
 */
export class Changes {
  readonly #versions: () => Promise<ReadonlyMap<string, string>>;
  readonly #changed: Tell;
  readonly #watchers = new Set<Tell>();
  #known: ReadonlyMap<string, string> = new Map();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param versions of all plugins that have views
   * @param changed is called before anybody is told: what was answered before is of no use
   */
  constructor(versions: () => Promise<ReadonlyMap<string, string>>, changed: Tell) {
    this.#versions = versions;
    this.#changed = changed;
  }

  /** @returns how it ends; undefined when too many watch already */
  watch(tell: Tell): (() => void) | undefined {
    if (this.#watchers.size >= MAX_WATCHERS) return undefined;
    this.#watchers.add(tell);
    this.#timer ??= setTimeout(() => void this.#look(), 0);
    return () => this.#watchers.delete(tell);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#watchers.clear();
  }

  async #look(): Promise<void> {
    const now = await this.#versions().catch(() => this.#known);
    const names = new Set([...now.keys(), ...this.#known.keys()]);
    const changed = [...names].filter((name) => now.get(name) !== this.#known.get(name));
    this.#known = now;
    for (const plugin of changed) this.#changed(plugin);
    for (const tell of this.#watchers) for (const plugin of changed) tell(plugin);
    this.#timer =
      this.#watchers.size === 0 ? undefined : setTimeout(() => void this.#look(), LOOK_MS);
  }
}
