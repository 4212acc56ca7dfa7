import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { dashboardErrors } from './errors.ts';

/** An answer is good for so long: that is how far behind a page may be. */
const FRESH_MS = 1_000;
/** Answers that are kept; the oldest makes room. */
const MAX_ANSWERS = 500;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Questions to one plugin at a time; others wait. */
const MAX_AT_ONCE = 8;
/** Of those that wait for one plugin; more are refused. */
const MAX_WAITING = 256;
const MIN_GZIP_BYTES = 1_024;

const compressed = promisify(gzip);

/** An answer as it goes to browsers, each of which gets the same bytes. */
export class CachedAnswer {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  #gzip: Promise<Uint8Array<ArrayBuffer>> | undefined;

  constructor(text: string) {
    this.body = new Uint8Array(Buffer.from(text));
    this.etag = `"${createHash('sha256').update(this.body).digest('base64url').slice(0, 22)}"`;
  }

  /** Compressed once, however many ask; undefined when that is not worth it. */
  gzip(): Promise<Uint8Array<ArrayBuffer>> | undefined {
    if (this.body.length < MIN_GZIP_BYTES) return undefined;
    this.#gzip ??= compressed(this.body).then((bytes) => new Uint8Array(bytes));
    return this.#gzip;
  }
}

interface Entry {
  readonly answer: Promise<CachedAnswer>;
  readonly untilMs: number;
  /** The answer, once it is there. */
  settled?: CachedAnswer;
  bytes: number;
}

/** Asks a plugin; throws what it says. */
export type Ask = (plugin: string, path: string, query: URLSearchParams) => Promise<unknown>;

/**
 * Answers of views for many watchers: the same question is asked once a second,
 * however many ask it, and only so many questions are with a plugin at a time.
 */
export class ViewCache {
  readonly #ask: Ask;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #gates = new Map<string, Gate>();
  #bytes = 0;

  constructor(ask: Ask, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  /** @throws what the plugin says; FtError FT_DASHBOARD_BUSY when too many wait for it */
  read(plugin: string, path: string, query: URLSearchParams): Promise<CachedAnswer> {
    const key = keyOf(plugin, path, query);
    const known = this.#entries.get(key);
    if (known !== undefined && this.#now() < known.untilMs) return known.answer;
    const answer = this.#gateOf(plugin).through(async () => {
      return new CachedAnswer(JSON.stringify(await this.#ask(plugin, path, query)));
    });
    this.#keep(key, answer);
    return answer;
  }

  /** What may be answered at once; undefined when a plugin has to be asked. */
  ready(plugin: string, path: string, query: URLSearchParams): CachedAnswer | undefined {
    const known = this.#entries.get(keyOf(plugin, path, query));
    return known !== undefined && this.#now() < known.untilMs ? known.settled : undefined;
  }

  /** What a plugin has answered, or is about to, was before a change. */
  forget(plugin: string): void {
    for (const key of [...this.#entries.keys()]) if (key.startsWith(`${plugin}/`)) this.#drop(key);
  }

  #keep(key: string, answer: Promise<CachedAnswer>): void {
    this.#drop(key);
    const entry: Entry = { answer, untilMs: this.#now() + FRESH_MS, bytes: 0 };
    this.#entries.set(key, entry);
    answer.then(
      (settled) => {
        if (this.#entries.get(key) !== entry) return;
        entry.settled = settled;
        entry.bytes = settled.body.length;
        this.#bytes += settled.body.length;
        this.#makeRoom();
      },
      // A failure is not kept.
      () => {
        if (this.#entries.get(key) === entry) this.#drop(key);
      },
    );
    this.#makeRoom();
  }

  #makeRoom(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ANSWERS && this.#bytes <= MAX_ANSWER_BYTES) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  #gateOf(plugin: string): Gate {
    const known = this.#gates.get(plugin) ?? new Gate(plugin);
    this.#gates.set(plugin, known);
    return known;
  }
}

/** Lets so many in at a time. */
class Gate {
  readonly #plugin: string;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(plugin: string) {
    this.#plugin = plugin;
  }

  async through<R>(act: () => Promise<R>): Promise<R> {
    if (this.#inside >= MAX_AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) {
        throw dashboardErrors.BUSY({ limit: MAX_WAITING, plugin: this.#plugin });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#inside += 1;
    try {
      return await act();
    } finally {
      const next = this.#waiting.shift();
      // Who comes next takes the place over.
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }
}

function keyOf(plugin: string, path: string, query: URLSearchParams): string {
  query.sort();
  return `${plugin}/${path}?${query}`;
}
