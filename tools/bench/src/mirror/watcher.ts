import { Agent, get } from 'node:http';

/** What many watchers saw. */
export interface WatcherReport {
  readonly asked: number;
  /** Questions that were not answered, or not with a plan. */
  readonly failed: number;
  readonly bytes: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** What a page asks while somebody looks at it. */
const QUESTIONS = ['plan', 'plan', 'jobs?limit=100', 'streams?limit=100', 'workstations'];
const NOT_MODIFIED = 304;

/** One page that is open, as a browser asks: one connection, tags of what it has. */
export class Watcher {
  readonly times: number[] = [];
  failed = 0;
  bytes = 0;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #tags = new Map<string, string>();
  readonly #address: string;
  readonly #token: string;
  #next = Math.floor(Math.random() * QUESTIONS.length);

  constructor(address: string, token: string) {
    this.#address = address;
    this.#token = token;
  }

  close(): void {
    this.#agent.destroy();
  }

  async ask(): Promise<void> {
    const question = QUESTIONS[this.#next % QUESTIONS.length] ?? '';
    this.#next += 1;
    const beganMs = performance.now();
    const status = await this.#get(question).catch(() => 0);
    this.times.push(performance.now() - beganMs);
    if (status !== 200 && status !== NOT_MODIFIED) this.failed += 1;
  }

  #get(question: string): Promise<number> {
    const tag = this.#tags.get(question);
    const headers = {
      authorization: `Bearer ${this.#token}`,
      'accept-encoding': 'gzip',
      ...(tag === undefined ? {} : { 'if-none-match': tag }),
    };
    const url = `${this.#address}/api/plan-mirror/${question}`;
    return new Promise((resolve, reject) => {
      get(url, { agent: this.#agent, headers }, (response) => {
        response.on('data', (piece: Buffer) => {
          this.bytes += piece.length;
        });
        response.on('error', reject);
        response.on('end', () => {
          const { etag } = response.headers;
          if (etag !== undefined) this.#tags.set(question, etag);
          resolve(response.statusCode ?? 0);
        });
      }).on('error', reject);
    });
  }
}
