import { type ChildProcess, fork, spawn } from 'node:child_process';
import { ownFile } from '../places.ts';
import type { Seen } from './protocol.ts';

const ANSWER_TIMEOUT_MS = 30_000;

export class Writer {
  /** Highest record that it said was on disk. */
  acknowledged = 0;
  acknowledgements = 0;
  errors = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  #onAcknowledged: () => void = () => undefined;

  constructor(store: string, sockets: string, life: number) {
    const script = ownFile('dist/store-kill/writer.js');
    const child = spawn(process.execPath, [script, store, sockets, String(life)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (data: string) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.acknowledged = Math.max(this.acknowledged, Number(line));
      this.acknowledgements += lines.length;
      this.#onAcknowledged();
    });
    child.stderr.setEncoding('utf8').on('data', (data: string) => {
      this.errors += data;
    });
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
  }

  /** Resolves at its first acknowledgement, or when it ended. */
  begun(): Promise<void> {
    if (this.acknowledgements > 0) return Promise.resolve();
    const acknowledged = new Promise<void>((resolve) => {
      this.#onAcknowledged = resolve;
    });
    return Promise.race([acknowledged, this.#closed]);
  }

  /** Ends it as SIGKILL does, and waits until all that it printed has been read. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

export class Reader {
  readonly id: string;
  /** What it told that it saw; the newest last. */
  readonly told: Seen[] = [];
  failure: string | undefined;
  readonly #child: ChildProcess;
  #onAnswer: () => void = () => undefined;

  constructor(store: string, sockets: string, id: string) {
    this.id = id;
    const script = ownFile('dist/store-kill/reader.js');
    const child = fork(script, [store, sockets, id], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (data: string) => {
      errors += data;
    });
    child.on('message', (message: Seen & { readonly asked?: boolean }) => {
      if (message.asked) this.#onAnswer();
      else this.told.push({ seq: message.seq, sum: message.sum });
    });
    child.once('close', (code, signal) => {
      this.failure ??= `reader ${id} ended with ${signal ?? code}: ${errors.trim()}`;
      this.#onAnswer();
    });
  }

  /** Resolves when it has started, and later when it has read all that there is. */
  answered(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.failure ??= `reader ${this.id} gave no answer`;
        resolve();
      }, ANSWER_TIMEOUT_MS);
      this.#onAnswer = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  ask(): Promise<void> {
    const answered = this.answered();
    if (this.failure === undefined) this.#child.send('read');
    return this.failure === undefined ? answered : Promise.resolve();
  }

  end(): void {
    this.failure ??= 'ended';
    this.#child.kill('SIGKILL');
  }
}
