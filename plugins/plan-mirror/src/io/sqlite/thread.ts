import { Worker } from 'node:worker_threads';
import type { Cell } from '@ftctl/plan/source';
import { type ErrorShape, errorFromShape } from '@ftctl/sdk';
import type { CopyKey } from '../../database.ts';
import type { ResultRow, SqliteConnection, Step } from './connection.ts';

/** A call, as it goes to the thread: the name of a method of `SqliteConnection`. */
export interface ThreadCall {
  readonly id: number;
  readonly method: keyof SqliteConnection;
  readonly args: readonly unknown[];
}

export interface ThreadAnswer {
  readonly id: number;
  readonly result?: unknown;
  /** An error of ours, or what another one says. */
  readonly error?: { readonly shape: ErrorShape } | { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** A connection in a thread of its own: what SQLite does holds up nobody here. */
export class SqliteThread implements SqliteConnection {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended: Error | undefined;

  /** @param entry the built `thread-main` */
  constructor(entry: URL, path: string) {
    this.#worker = new Worker(entry, { workerData: { path } });
    this.#worker.unref();
    this.#worker.on('message', (answer: ThreadAnswer) => this.#take(answer));
    this.#worker.on('error', (error: Error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the thread of SQLite has ended')));
  }

  open(migrates: boolean): Promise<void> {
    return this.#call('open', migrates);
  }

  async close(): Promise<void> {
    if (this.#ended === undefined) await this.#call('close').catch(() => undefined);
    await this.#worker.terminate();
  }

  all(sql: string, parameters: readonly Cell[]): Promise<readonly ResultRow[]> {
    return this.#call('all', sql, parameters);
  }

  write(key: CopyKey, steps: readonly Step[]): Promise<number> {
    return this.#call('write', key, steps);
  }

  #call<R>(method: keyof SqliteConnection, ...args: readonly unknown[]): Promise<R> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, args } satisfies ThreadCall);
    });
  }

  #take({ id, result, error }: ThreadAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result as never);
    else if ('shape' in error) waiting?.reject(errorFromShape(error.shape));
    else waiting?.reject(new Error(error.message));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
