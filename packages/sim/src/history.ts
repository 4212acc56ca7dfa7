import { createHash } from 'node:crypto';
import { simErrors } from './errors.ts';
import type { RunOutcome } from './simulation.ts';

/** One thing that happened. Everything in it must be plain data. */
export interface HistoryEntry {
  /** Virtual time, milliseconds. */
  readonly at: number;
  /** What happened, for example `host.crash` or a word of the simulation's own. */
  readonly kind: string;
  readonly host?: string;
  readonly [field: string]: unknown;
}

export interface HistoryFields {
  readonly host?: string;
  readonly [field: string]: unknown;
}

/** Text that is hashed at once: many small pieces take much longer. */
const PIECE_CHARACTERS = 100_000;

/**
 * What happened in a run, for checkers and for people. The world adds what it
 * does itself (`host.*`, `plugin.*`, `net.*`, `disk.*`); a simulation adds what
 * it sees from outside, such as what it sent and what was acknowledged.
 */
export class History {
  readonly #now: () => number;
  readonly #limit: number;
  readonly #entries: HistoryEntry[] = [];

  constructor(now: () => number, limit = 1_000_000) {
    this.#now = now;
    this.#limit = limit;
  }

  /** @throws FtError FT_SIM_HISTORY_FULL */
  record(kind: string, fields: HistoryFields = {}): void {
    if (this.#entries.length >= this.#limit) throw simErrors.HISTORY_FULL({ limit: this.#limit });
    this.#entries.push({ at: this.#now(), kind, ...fields });
  }

  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  /** Entries of these kinds, in order. */
  of(...kinds: string[]): readonly HistoryEntry[] {
    return this.#entries.filter((entry) => kinds.includes(entry.kind));
  }

  /** Fingerprint of everything recorded: equal for two runs that went the same way. */
  digest(): string {
    const sum = createHash('sha256');
    let piece = '';
    for (const entry of this.#entries) {
      piece += `${JSON.stringify(entry)}\n`;
      if (piece.length < PIECE_CHARACTERS) continue;
      sum.update(piece);
      piece = '';
    }
    sum.update(piece);
    return sum.digest('hex');
  }

  /** The last `count` entries as lines for people. */
  tail(count: number): readonly string[] {
    return this.#entries.slice(-count).map(describeEntry);
  }
}

/** Of the lines that `historyLines` gives; a change of their shape counts it up. */
export const HISTORY_VERSION = 1;

/**
 * A run as JSON lines, for checkers in any language: first `run` with what was
 * played, then every entry in order, last `verdict` with what is wrong. Every
 * line has `at` (virtual milliseconds) and `kind`.
 */
export function* historyLines(
  name: string,
  history: History,
  outcome: RunOutcome,
): Generator<string> {
  const { seed, reduction, planned, problems, digest, virtualMs } = outcome;
  const version = HISTORY_VERSION;
  yield JSON.stringify({ at: 0, kind: 'run', version, name, seed, reduction, planned });
  for (const entry of history.entries) yield JSON.stringify(entry);
  yield JSON.stringify({ at: virtualMs, kind: 'verdict', problems, digest });
}

/** `  12.345 s  alpha  host.crash  power=false` */
export function describeEntry(entry: HistoryEntry): string {
  const { at, kind, host, ...fields } = entry;
  const time = `${(at / 1000).toFixed(3).padStart(9)} s`;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${shorten(value)}`);
  return [time, (host ?? '-').padEnd(8), kind, ...rest].join('  ');
}

const MAX_FIELD_CHARACTERS = 120;

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_FIELD_CHARACTERS ? `${text.slice(0, MAX_FIELD_CHARACTERS)}...` : text;
}
