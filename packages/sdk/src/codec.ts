import { codecErrors } from './codec-errors.ts';

/** How a value becomes bytes on disk and on the wire, and back. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  /** @throws FtError FT_CODEC_INVALID when the bytes are not such a value */
  decode(bytes: Uint8Array): T;
}

/** Bytes as they are. */
export const bytes: Codec<Uint8Array> = {
  encode: (value) => value,
  decode: (value) => value,
};

// Present in every runtime of the project, but not in the language's own library types.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** UTF-8 text. */
export const text: Codec<string> = {
  encode: (value) => encoder.encode(value),
  decode: (value) => decodeText(value, 'text'),
};

/**
 * A value as JSON. What comes from a peer or a disk is not to be trusted:
 * `check` gets the parsed value and returns it typed, or throws.
 */
export function json<T>(what: string, check: (value: unknown) => T): Codec<T> {
  return {
    encode: (value) => encoder.encode(JSON.stringify(value)),
    decode: (value) => {
      const source = decodeText(value, what);
      try {
        return check(JSON.parse(source));
      } catch (cause) {
        throw codecErrors.INVALID({ what, why: String(cause) }, cause);
      }
    },
  };
}

function decodeText(value: Uint8Array, what: string): string {
  try {
    return decoder.decode(value);
  } catch (cause) {
    throw codecErrors.INVALID({ what, why: 'not UTF-8' }, cause);
  }
}
