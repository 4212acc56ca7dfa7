import type { Env, EnvStatistics, Operation, Range, Snapshot } from '../src/env.ts';

type Entry = { readonly key: Uint8Array; readonly value: Uint8Array };

/** An environment in memory, for tests of what stands above the engine. */
export class MemoryEnv implements Env {
  #entries: readonly Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  snapshot(): Snapshot {
    const entries = this.#entries;
    const within = ({ from, to }: Range) =>
      entries.filter(({ key }) => Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) < 0);
    return {
      get: (key) => entries.find((entry) => Buffer.compare(entry.key, key) === 0)?.value,
      entries: within,
      keys: (range, limit) =>
        within(range)
          .slice(0, limit)
          .map(({ key }) => key),
      lastKey: (from, at) =>
        entries.findLast(
          ({ key }) => Buffer.compare(key, at) <= 0 && Buffer.compare(key, from) >= 0,
        )?.key,
      release: () => undefined,
    };
  }

  async write(operations: readonly Operation[]): Promise<void> {
    this.exclusive(() => operations);
  }

  exclusive(change: (snapshot: Snapshot) => readonly Operation[]): void {
    const byKey = new Map<string, Entry>();
    for (const entry of this.#entries) byKey.set(Buffer.from(entry.key).toString('hex'), entry);
    for (const { key, value } of change(this.snapshot())) {
      const name = Buffer.from(key).toString('hex');
      if (value === undefined) byKey.delete(name);
      else byKey.set(name, { key: Buffer.from(key), value: Buffer.from(value) });
    }
    this.#entries = [...byKey.values()].sort((one, other) => Buffer.compare(one.key, other.key));
  }

  statistics(): EnvStatistics {
    const fileBytes = this.#entries.reduce((sum, { value }) => sum + value.length, 0);
    return { fileBytes, freeBytes: 0, readers: 0 };
  }

  readerCheck(): void {
    // Nobody else reads it.
  }

  async close(): Promise<void> {
    // It stays, for the next one who opens it.
  }
}
