import type { Random } from '@ftctl/sdk';

/**
 * Seeded chance: xoshiro128** (Blackman and Vigna, 2018), its four words filled
 * from the seed by FNV-1a and the finaliser of MurmurHash3. Equal seeds give
 * equal numbers on every machine. Not for secrets.
 */
export class SeededRandom implements Random {
  readonly seed: string;
  readonly #words: Uint32Array;

  constructor(seed: string | number) {
    this.seed = String(seed);
    this.#words = Uint32Array.from([0, 1, 2, 3], (index) => hash(`${index}:${this.seed}`));
  }

  /**
   * A stream of its own for one purpose. It depends on this stream's seed and
   * the label alone, not on what was drawn before: a new draw in one place
   * shifts no other place.
   */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${label}`);
  }

  /** A whole number in [0, 2^32). */
  word(): number {
    const s = this.#words;
    const [s0, s1, s2, s3] = [s[0] ?? 0, s[1] ?? 0, s[2] ?? 0, s[3] ?? 0];
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const mixed2 = s2 ^ s0;
    const mixed3 = s3 ^ s1;
    s[1] = s1 ^ mixed2;
    s[0] = s0 ^ mixed3;
    s[2] = mixed2 ^ (s1 << 9);
    s[3] = rotate(mixed3, 11);
    return result;
  }

  float(): number {
    return ((this.word() >>> 5) * 2 ** 26 + (this.word() >>> 6)) / 2 ** 53;
  }

  int(below: number): number {
    return Math.floor(this.float() * below);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.word() >>> 24);
  }

  id(): string {
    return Array.from({ length: 4 }, () => this.word().toString(16).padStart(8, '0')).join('');
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** A number in [low, high), rounded to thousandths. */
  between(low: number, high: number): number {
    return Math.floor((low + this.float() * (high - low)) * 1000) / 1000;
  }

  /** One of the items; there must be one. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.int(items.length)] as T;
  }

  /** The items in another order. */
  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let index = result.length - 1; index > 0; index -= 1) {
      const other = this.int(index + 1);
      [result[index], result[other]] = [result[other] as T, result[index] as T];
    }
    return result;
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** 32 bits from a text, the same everywhere. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
