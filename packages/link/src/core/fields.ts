/** A frame that no correct peer sends; the text names the field and what is wrong with it. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** The fields of a parsed control frame, taken out one by one and checked. */
export class Fields {
  readonly #type: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #taken = new Set<string>(['type']);

  constructor(type: string, values: Readonly<Record<string, unknown>>) {
    this.#type = type;
    this.#values = values;
  }

  /** A text that fits the pattern as a whole. */
  text(name: string, pattern: RegExp): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || !pattern.test(value)) throw this.#wrong(name, 'text');
    return value;
  }

  /** A text of bounded length. */
  shortText(name: string, maxLength: number): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || value.length > maxLength) throw this.#wrong(name, 'text');
    return value;
  }

  /** A whole number from `min` to `max`. */
  int(name: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#take(name);
    if (!isIntWithin(value, min, max)) throw this.#wrong(name, `whole number from ${min}`);
    return value;
  }

  /** A whole number from `min` on, or absent. */
  optionalInt(name: string, min: number): number | undefined {
    return this.#values[name] === undefined ? undefined : this.int(name, min);
  }

  /** The fields of an object inside this one. */
  object(name: string): Fields {
    const value = this.#take(name);
    if (!isRecord(value)) throw this.#wrong(name, 'object');
    return new Fields(`${this.#type}.${name}`, value);
  }

  /** Texts and finite numbers by name. */
  params(name: string, maxCount: number, maxLength: number): Record<string, string | number> {
    const value = this.#take(name);
    if (!isRecord(value)) throw this.#wrong(name, 'object');
    const entries = Object.entries(value);
    if (entries.length > maxCount) throw this.#wrong(name, `at most ${maxCount} parameters`);
    const params: Record<string, string | number> = Object.create(null);
    for (const [key, param] of entries) {
      const isText = typeof param === 'string' && param.length <= maxLength;
      if (!/^[a-zA-Z]{1,64}$/.test(key) || !(isText || Number.isFinite(param))) {
        throw this.#wrong(name, 'texts and numbers');
      }
      params[key] = param as string | number;
    }
    return params;
  }

  /** Throws when there are fields that nobody asked for. */
  done(): void {
    for (const name of Object.keys(this.#values)) {
      if (!this.#taken.has(name)) {
        throw new FrameError(`${this.#type}: unknown field ${name.slice(0, 32)}`);
      }
    }
  }

  #take(name: string): unknown {
    this.#taken.add(name);
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  #wrong(name: string, wanted: string): FrameError {
    return new FrameError(`${this.#type}: field ${name} is not a valid ${wanted}`);
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIntWithin(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}
