import type { WorkstationName } from '@ftctl/plan';

/** A place in a log, and what its readers have when they have everything up to it. */
interface Milestone {
  readonly seq: number;
  /** Per target and origin the last id up to here that the target wants. */
  readonly needs: ReadonlyMap<WorkstationName, ReadonlyMap<string, number>>;
}

/** Most milestones that are kept; then neighbours become one. */
const MAX_MILESTONES = 64;

/**
 * Translates between places in a log and the event counters of its readers,
 * without reading the log: what was appended since the last milestone is summed
 * up by origin. One milestone a second is enough.
 */
export class Milestones {
  readonly #milestones: Milestone[] = [];
  #seq = 0;
  #needs = new Map<WorkstationName, Map<string, number>>();

  /** A record was appended that a target wants. */
  note(seq: number, target: WorkstationName, origin: string, id: number): void {
    this.#seq = seq;
    const needs = this.#needs.get(target) ?? new Map<string, number>();
    this.#needs.set(target, needs);
    raise(needs, origin, id);
  }

  /** Sets a milestone at what was noted last. */
  close(): void {
    if (this.#needs.size === 0) return;
    if (this.#milestones.length >= MAX_MILESTONES) this.#join();
    this.#milestones.push({ seq: this.#seq, needs: this.#needs });
    this.#needs = new Map();
  }

  /** Marks of a log's only reader once it has everything up to `delivered`; each is told once. */
  passed(delivered: number): ReadonlyMap<string, number> {
    const marks = new Map<string, number>();
    while ((this.#milestones[0]?.seq ?? Number.POSITIVE_INFINITY) <= delivered) {
      for (const needs of this.#milestones.shift()?.needs.values() ?? []) {
        for (const [origin, id] of needs) marks.set(origin, id);
      }
    }
    return marks;
  }

  /** Up to where all targets have what they want; undefined when that has not moved. */
  settled(has: (target: WorkstationName, origin: string) => number): number | undefined {
    let settled: number | undefined;
    for (let next = this.#milestones[0]; next !== undefined; next = this.#milestones[0]) {
      for (const [target, needs] of next.needs) {
        for (const [origin, id] of needs) if (has(target, origin) < id) return settled;
      }
      settled = next.seq;
      this.#milestones.shift();
    }
    return settled;
  }

  /** Up to where one target has what it wants; undefined when it lacks something before the first milestone. */
  reachedBy(target: WorkstationName, has: (origin: string) => number): number | undefined {
    let reached: number | undefined;
    for (const { seq, needs } of this.#milestones) {
      for (const [origin, id] of needs.get(target) ?? []) if (has(origin) < id) return reached;
      reached = seq;
    }
    return reached;
  }

  clear(): void {
    this.#milestones.length = 0;
    this.#needs = new Map();
  }

  /** Every two neighbours become one: the further back, the coarser. */
  #join(): void {
    for (let at = 0; at + 1 < this.#milestones.length; at += 1) {
      const [older, newer] = this.#milestones.slice(at, at + 2) as [Milestone, Milestone];
      const needs = new Map([...older.needs].map(([target, ids]) => [target, new Map(ids)]));
      for (const [target, ids] of newer.needs) {
        const both = needs.get(target) ?? new Map<string, number>();
        needs.set(target, both);
        for (const [origin, id] of ids) raise(both, origin, id);
      }
      this.#milestones.splice(at, 2, { seq: newer.seq, needs });
    }
  }
}

function raise(ids: Map<string, number>, origin: string, id: number): void {
  if (id > (ids.get(origin) ?? 0)) ids.set(origin, id);
}
