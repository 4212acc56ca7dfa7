/**
 * Syslog over TCP, RFC 6587: a message is either preceded by its length
 * (`octet counting`) or ends with a line feed. Both may come on one connection;
 * a frame that starts with a digit from 1 to 9 is counted.
 */
export interface Framer {
  /** Takes what the socket delivered and returns the messages completed by it. */
  push(chunk: Uint8Array): readonly Uint8Array[];
  /** The sender closed: an unfinished line is a message, an unfinished counted frame is not. */
  end(): readonly Uint8Array[];
}

/** Longest message that is kept whole; the rest of a longer one is cut off. */
export const MAX_MESSAGE_BYTES = 8_192;
/** Longest counted frame that is read (and cut) instead of taken for a broken count. */
const MAX_FRAME_BYTES = 1_048_576;

const LINE_FEED = 10;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;

type Mode =
  | { readonly kind: 'start' }
  | { readonly kind: 'count'; readonly value: number }
  | { readonly kind: 'counted'; readonly remaining: number }
  | { readonly kind: 'line' };

export function createFramer(): Framer {
  let mode: Mode = { kind: 'start' };
  const message = new Uint8Array(MAX_MESSAGE_BYTES);
  let length = 0;

  const keep = (piece: Uint8Array) => {
    const fits = piece.subarray(0, MAX_MESSAGE_BYTES - length);
    message.set(fits, length);
    length += fits.length;
  };
  const finish = (into: Uint8Array[]) => {
    if (length > 0) into.push(message.slice(0, length));
    length = 0;
    mode = { kind: 'start' };
  };

  /** Consumes from `chunk` at `at`; returns how far it got. */
  const step = (chunk: Uint8Array, at: number, into: Uint8Array[]): number => {
    const byte = chunk[at] ?? 0;
    switch (mode.kind) {
      case 'start':
        if (byte === LINE_FEED) return at + 1;
        mode = byte > ZERO && byte <= NINE ? { kind: 'count', value: 0 } : { kind: 'line' };
        return at;
      case 'count':
        return stepCount(chunk, at, mode.value);
      case 'counted': {
        const piece = chunk.subarray(at, at + mode.remaining);
        keep(piece);
        const remaining: number = mode.remaining - piece.length;
        if (remaining === 0) finish(into);
        else mode = { kind: 'counted', remaining };
        return at + piece.length;
      }
      case 'line': {
        const end = chunk.indexOf(LINE_FEED, at);
        keep(chunk.subarray(at, end < 0 ? chunk.length : end));
        if (end < 0) return chunk.length;
        finish(into);
        return end + 1;
      }
    }
  };

  const stepCount = (chunk: Uint8Array, at: number, value: number): number => {
    const byte = chunk[at] ?? 0;
    if (byte === SPACE && value > 0) {
      mode = { kind: 'counted', remaining: value };
      return at + 1;
    }
    const next = value * 10 + (byte - ZERO);
    if (byte >= ZERO && byte <= NINE && next <= MAX_FRAME_BYTES) {
      mode = { kind: 'count', value: next };
      return at + 1;
    }
    // Not a count after all: a line that begins with digits.
    if (value > 0) keep(Uint8Array.from(String(value), (digit) => digit.charCodeAt(0)));
    mode = { kind: 'line' };
    return at;
  };

  return {
    push(chunk) {
      const messages: Uint8Array[] = [];
      for (let at = 0; at < chunk.length; ) at = step(chunk, at, messages);
      return messages;
    },
    end() {
      const messages: Uint8Array[] = [];
      if (mode.kind === 'line') finish(messages);
      return messages;
    },
  };
}
