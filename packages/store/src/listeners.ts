/** Who wants to hear of new records, by log. */
export class Listeners {
  readonly #byLog = new Map<string, Set<() => void>>();

  /** Returns how to stop. The same listener may be added more than once. */
  add(log: string, listener: () => void): () => void {
    const own = () => listener();
    let listeners = this.#byLog.get(log);
    if (listeners === undefined) {
      listeners = new Set();
      this.#byLog.set(log, listeners);
    }
    listeners.add(own);
    return () => {
      listeners.delete(own);
    };
  }

  call(log: string): void {
    for (const listener of [...(this.#byLog.get(log) ?? [])]) callApart(listener);
  }

  clear(): void {
    this.#byLog.clear();
  }
}

/** What a listener throws is its owner's mistake and must not stop the store. */
function callApart(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}
