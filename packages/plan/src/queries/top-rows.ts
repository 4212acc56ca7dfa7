import { type Cursor, cursorText, parseCursor } from './cursor.ts';
import type { Page } from './reader.ts';

/** One of the things that are sorted. */
export interface Keyed<T> extends Cursor {
  readonly of: T;
}

export interface Order {
  readonly after?: string;
  readonly limit: number;
  readonly descending?: boolean;
}

/** Keeps the first rows of an order, out of any number, in memory for twice as many. */
export class TopRows<T> {
  readonly #limit: number;
  readonly #after: Cursor | undefined;
  readonly #direction: number;
  #kept: Keyed<T>[] = [];
  #total = 0;

  /** @throws Error when `after` is not the `next` of a page */
  constructor({ after, limit, descending = false }: Order) {
    this.#limit = limit;
    this.#after = after === undefined ? undefined : parseCursor(after);
    this.#direction = descending ? -1 : 1;
  }

  add(one: Keyed<T>): void {
    this.#total += 1;
    if (this.#after !== undefined && this.#compare(one, this.#after) <= 0) return;
    this.#kept.push(one);
    // One more than the page tells whether there is a next one.
    if (this.#kept.length > 2 * (this.#limit + 1)) this.#cut();
  }

  page<R>(rowOf: (one: T) => R): Page<R> {
    this.#cut();
    const isMore = this.#kept.length > this.#limit;
    const shown = isMore ? this.#kept.slice(0, this.#limit) : this.#kept;
    const last = shown.at(-1);
    return {
      rows: shown.map(({ of }) => rowOf(of)),
      ...(isMore && last !== undefined ? { next: cursorText(last) } : {}),
      ...(this.#after === undefined ? { total: this.#total } : {}),
    };
  }

  #cut(): void {
    this.#kept.sort((one, other) => this.#compare(one, other));
    this.#kept = this.#kept.slice(0, this.#limit + 1);
  }

  #compare(one: Cursor, other: Cursor): number {
    return this.#direction * (order(one.value, other.value) || order(one.id, other.id));
  }
}

function order<V extends string | number>(one: V, other: V): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
