import { fillTemplate, type TemplateParam, type TemplateParams } from './template.ts';

/**
 * Coded errors. Every error that an operator or a plugin author can meet has a
 * stable code `FT_<AREA>_<NAME>`, says what happened, what it means and what to
 * do, and is recognised by a brand instead of its class, because several copies
 * of this package live side by side in one process.
 */

const BRAND = Symbol.for('ftctl.error');

/** What stands behind a code: shown by `ftctl explain CODE` and in the error reference. */
export interface ErrorEntry<Text extends string = string> {
  /** What happened, one line; `{name}` stands for a parameter. */
  readonly text: Text;
  /** What it means for the one who reads it. */
  readonly meaning: string;
  /** What to do now. */
  readonly action: string;
}

export interface DescribedError extends ErrorEntry {
  readonly code: string;
}

/** An error with a stable code. Made by a catalogue (`defineErrors`), recognised by `isFtError`. */
export class FtError extends Error {
  readonly [BRAND] = true;
  override readonly name = 'FtError';
  readonly code: string;
  readonly meaning: string;
  readonly action: string;
  readonly params: Readonly<Record<string, string | number>>;

  constructor(
    described: DescribedError,
    params: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(fillTemplate(described.text, params), cause === undefined ? undefined : { cause });
    this.code = described.code;
    this.meaning = described.meaning;
    this.action = fillTemplate(described.action, params);
    this.params = params;
  }

  /** The shape that crosses sockets and `--json`. */
  toJSON(): ErrorShape {
    return {
      code: this.code,
      message: this.message,
      meaning: this.meaning,
      action: this.action,
      params: this.params,
    };
  }
}

export interface ErrorShape {
  readonly code: string;
  readonly message: string;
  readonly meaning: string;
  readonly action: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** True for an `FtError` of any copy of this package; with `code`, only for that code. */
export function isFtError(value: unknown, code?: string): value is FtError {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Record<symbol, unknown>)[BRAND] === true &&
    (code === undefined || (value as FtError).code === code)
  );
}

/** Rebuilds an error that crossed a socket as `ErrorShape`. */
export function errorFromShape(shape: ErrorShape): FtError {
  return new FtError(
    { code: shape.code, text: shape.message, meaning: shape.meaning, action: shape.action },
    shape.params,
  );
}

type Raise<Text extends string> = [TemplateParam<Text>] extends [never]
  ? (params?: Record<string, never>, cause?: unknown) => FtError
  : (params: TemplateParams<Text>, cause?: unknown) => FtError;

export type ErrorCatalogue<Entries extends Record<string, ErrorEntry>> = {
  readonly [Name in keyof Entries]: Raise<Entries[Name]['text'] | Entries[Name]['action']>;
} & { readonly catalogue: readonly DescribedError[] };

/**
 * Declares the errors of one area.
 *
 *   const storeErrors = defineErrors('STORE', {
 *     FULL: { text: 'log {log} is full', meaning: '...', action: '...' },
 *   });
 *   throw storeErrors.FULL({ log: 'outbox' });   // code FT_STORE_FULL
 */
export function defineErrors<const Entries extends Record<string, ErrorEntry>>(
  area: Uppercase<string>,
  entries: Entries,
): ErrorCatalogue<Entries> {
  const catalogue: DescribedError[] = [];
  const raisers: Record<string, unknown> = { catalogue };
  for (const [name, entry] of Object.entries(entries)) {
    const described: DescribedError = { code: `FT_${area}_${name}`, ...entry };
    catalogue.push(described);
    raisers[name] = (params?: Record<string, string | number>, cause?: unknown) =>
      new FtError(described, params, cause);
  }
  return raisers as ErrorCatalogue<Entries>;
}

/** One line for a log or a terminal, whatever was thrown. */
export function describeError(value: unknown): string {
  if (isFtError(value)) return `${value.code}: ${value.message}`;
  if (value instanceof Error) return value.message;
  return String(value);
}
