import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';

/** Most problems that are told at once. */
const MAX_PROBLEMS = 20;

/**
 * A YAML text in which every value knows its line, so that an error can name
 * the place. Collects problems instead of ending at the first one.
 */
export class YamlSource {
  readonly root: Node | null;
  readonly #lines = new LineCounter();
  readonly #problems: string[] = [];

  constructor(text: string) {
    // Unique keys are looked for by `mapping`: the library compares each key with all before it.
    const document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: false });
    for (const error of document.errors) {
      const { line } = this.#lines.linePos(error.pos[0]);
      const [first = error.code] = error.message.split('\n', 1);
      this.#add(line, first.replace(/ at line .*$/, '').replace(/:$/, ''));
    }
    this.root = document.contents;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  lineOf(node: unknown): number {
    const range = isNode(node) ? node.range : undefined;
    return range ? this.#lines.linePos(range[0]).line : 1;
  }

  /** Notes what is wrong with a value, and what to do. */
  problem(node: unknown, text: string): void {
    this.#add(this.lineOf(node), text);
  }

  /** A mapping with only these keys. Undefined when it is none; told. */
  mapping(node: unknown, what: string, keys?: readonly string[]): Mapping | undefined {
    if (!isMap(node)) {
      this.problem(node, `${what} must be a mapping (key: value)`);
      return undefined;
    }
    const mapping = new Mapping(this, node, what);
    const seen = new Set<string>();
    for (const { key, keyNode } of mapping.entries()) {
      if (seen.has(key)) this.problem(keyNode, `${what} has the key "${key}" twice`);
      seen.add(key);
    }
    if (keys !== undefined) mapping.allow(keys);
    return mapping;
  }

  #add(line: number, text: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(`  line ${line}: ${text}`);
    else if (this.#problems.length === MAX_PROBLEMS) this.#problems.push('  and more');
  }
}

/** A mapping of the file, by key. */
export class Mapping {
  readonly #source: YamlSource;
  readonly #map: YAMLMap;
  readonly what: string;
  readonly #read = new Set<string>();

  constructor(source: YamlSource, map: YAMLMap, what: string) {
    this.#source = source;
    this.#map = map;
    this.what = what;
  }

  get node(): Node {
    return this.#map;
  }

  entries(): readonly {
    readonly key: string;
    readonly keyNode: unknown;
    readonly value: unknown;
  }[] {
    return this.#map.items.map(({ key, value }: Pair) => ({
      key: isScalar(key) ? String(key.value) : String(key),
      keyNode: key,
      value,
    }));
  }

  /** Tells keys that mean nothing here, with the nearest that does. */
  allow(keys: readonly string[]): void {
    for (const { key, keyNode } of this.entries()) {
      if (keys.includes(key) || this.#read.has(key)) continue;
      const near = nearest(key, keys);
      const hint = near === undefined ? `known are ${keys.join(', ')}` : `did you mean ${near}?`;
      this.#source.problem(keyNode, `${this.what} has no key "${key}": ${hint}`);
    }
  }

  /** The same without a key that was read already. */
  without(key: string): Mapping {
    this.#read.add(key);
    return this;
  }

  get(key: string): unknown {
    return this.#map.get(key, true);
  }

  has(key: string): boolean {
    return this.#map.has(key);
  }

  text(key: string): string | undefined {
    const node = this.get(key);
    if (node === undefined) return undefined;
    if (isScalar(node) && (typeof node.value === 'string' || typeof node.value === 'number')) {
      // As it is written: YAML reads +60 as a number.
      return typeof node.value === 'number' ? (node.source ?? String(node.value)) : node.value;
    }
    this.#source.problem(node, `${key} of ${this.what} must be a text, in quotes if need be`);
    return undefined;
  }

  number(key: string, from: number, to: number): number | undefined {
    const node = this.get(key);
    if (node === undefined) return undefined;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) {
      return value;
    }
    this.#source.problem(
      node,
      `${key} of ${this.what} must be a whole number from ${from} to ${to}`,
    );
    return undefined;
  }

  /** on, off, yes, no, true, false, Y, N. */
  flag(key: string): boolean | undefined {
    const node = this.get(key);
    if (node === undefined) return undefined;
    const value = isScalar(node) ? String(node.value).toLowerCase() : '';
    if (['on', 'yes', 'true', 'y'].includes(value)) return true;
    if (['off', 'no', 'false', 'n'].includes(value)) return false;
    this.#source.problem(node, `${key} of ${this.what} must be on or off`);
    return undefined;
  }

  /** A list of texts; a single text is a list of one. */
  texts(key: string): readonly { readonly text: string; readonly node: unknown }[] {
    const node = this.get(key);
    if (node === undefined) return [];
    const items: unknown[] = isSeq(node) ? node.items : [node];
    return items.flatMap((item) => {
      if (isScalar(item) && item.value !== null) return [{ text: String(item.value), node: item }];
      this.#source.problem(item, `${key} of ${this.what} must be a list of texts`);
      return [];
    });
  }
}

/** The key that was meant: few letters apart. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const ranked = words
    .map((one) => ({ one, far: distance(word.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const [best] = ranked;
  return best !== undefined && best.far <= Math.max(1, Math.floor(word.length / 3))
    ? best.one
    : undefined;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
