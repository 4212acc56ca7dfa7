import { basename, dirname } from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';

export interface LogFile {
  readonly path: string;
  /** Size at which the file is rotated. */
  readonly maxBytes: number;
  /** Rotated files that are kept: `x.log.1` is the newest. */
  readonly keep: number;
}

/** Most bytes that wait for the disk; lines beyond are dropped and counted. */
const MAX_WAITING_BYTES = 4 << 20;

/** How long after a failure, for example a full disk, the file is opened again. */
const REOPEN_AFTER_MS = 5_000;

/**
 * A rotated log file that never stops its process: while the disk is full or
 * too slow, lines are dropped, and their number is written down afterwards.
 */
export class LogSink {
  readonly #file: LogFile;
  #stream: RotatingFileStream | undefined;
  #reopen: NodeJS.Timeout | undefined;
  #dropped = 0;

  constructor(file: LogFile) {
    this.#file = file;
    this.#open();
  }

  write(line: string): void {
    const stream = this.#stream;
    if (!stream || stream.writableLength > MAX_WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) {
      const time = new Date().toISOString();
      stream.write(`${JSON.stringify({ level: 'warn', time, dropped: this.#dropped })}\n`);
      this.#dropped = 0;
    }
    stream.write(line);
  }

  /** Writes what waits, for at most `limitMs`. */
  async close(limitMs = 1_000): Promise<void> {
    clearTimeout(this.#reopen);
    const stream = this.#stream;
    this.#stream = undefined;
    if (!stream || stream.destroyed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      stream.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #open(): void {
    const { path, maxBytes, keep } = this.#file;
    const stream = createStream(
      (index) => (index ? `${basename(path)}.${index}` : basename(path)),
      { path: dirname(path), size: `${maxBytes}B`, rotate: keep, mode: 0o600 },
    );
    this.#stream = stream;
    stream.on('error', () => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.#reopen = setTimeout(() => this.#open(), REOPEN_AFTER_MS);
      this.#reopen.unref();
    });
  }
}
