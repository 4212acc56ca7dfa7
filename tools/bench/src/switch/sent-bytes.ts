import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 << 20;

/**
 * What processes have sent over TCP, as the system counts it for each connection.
 * A connection that has ended keeps the last count that was seen: look often.
 */
export class SentBytes {
  readonly #pids: ReadonlySet<number>;
  readonly #sent = new Map<string, number>();

  constructor(pids: readonly number[]) {
    this.#pids = new Set(pids);
  }

  /** @throws Error where there is no `ss` (iproute2) */
  async look(): Promise<void> {
    const { stdout } = await run('ss', ['-tinpH'], { maxBuffer: MAX_OUTPUT_BYTES });
    // A connection is one line, and one that begins with white space for its counters.
    for (const entry of stdout.split(/\n(?=\S)/)) {
      const [, , , local, remote] = entry.split(/\s+/, 5);
      const pid = Number(/pid=(\d+)/.exec(entry)?.[1]);
      if (!this.#pids.has(pid)) continue;
      const sent = Number(/bytes_sent:(\d+)/.exec(entry)?.[1] ?? 0);
      this.#sent.set(`${pid} ${local} ${remote}`, sent);
    }
  }

  get total(): number {
    return [...this.#sent.values()].reduce((sum, sent) => sum + sent, 0);
  }
}
