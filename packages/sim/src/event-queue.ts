/** Something that will happen at a virtual time. */
export interface SimEvent {
  readonly at: number;
  /** Order among events of the same time that belong to different actors. */
  readonly rank: number;
  /** Order of insertion, the last tie-break. */
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** A heap of events: earliest first, then by rank, then by insertion. */
export class EventQueue {
  readonly #heap: SimEvent[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): SimEvent | undefined {
    return this.#heap[0];
  }

  push(event: SimEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(event, heap[parent] as SimEvent)) break;
      heap[index] = heap[parent] as SimEvent;
      index = parent;
    }
    heap[index] = event;
  }

  pop(): SimEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    this.#sink(last);
    return first;
  }

  #sink(event: SimEvent): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      const right = heap[child + 1];
      if (right !== undefined && before(right, heap[child] as SimEvent)) child += 1;
      const least = heap[child];
      if (least === undefined || !before(least, event)) break;
      heap[index] = least;
      index = child;
    }
    heap[index] = event;
  }
}

function before(left: SimEvent, right: SimEvent): boolean {
  if (left.at !== right.at) return left.at < right.at;
  if (left.rank !== right.rank) return left.rank < right.rank;
  return left.order < right.order;
}
