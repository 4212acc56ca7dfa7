/**
 * What a topic's reader and its publisher say to each other over the doorbell:
 * lines of JSON. Records never pass here; a reader reads them from the disk.
 *
 *   reader:     {"hello":1,"plugin":"reader","log":"events","incarnation":"..."}
 *               {"done":12}
 *   publisher:  {"last":15}   {"kept":12}   {"refused":"why"}
 *
 * Either side may be of another version or broken, so everything is checked.
 */
export const PROTOCOL_VERSION = 1;

/** A line that is longer ends the connection. */
export const MAX_LINE_BYTES = 4096;
/** Readers of one plugin's topics at a time. */
export const MAX_CONNECTIONS = 64;
/** A connection that has not said who it is by then is closed. */
export const HELLO_TIMEOUT_MS = 5_000;
/** Rings are left out while this much waits for a reader that does not read. */
export const MAX_UNREAD_BYTES = 16 * 1024;
/** How long opening a topic waits for a publisher that is there to answer. */
export const SUBSCRIBE_TIMEOUT_MS = 2_000;
/** A lost publisher is looked for again after this time, doubled each time up to the second. */
export const RECONNECT_MIN_MS = 50;
export const RECONNECT_MAX_MS = 2_000;

const PLUGIN_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const INCARNATION = /^[0-9a-f]{32}$/;
const MAX_LOG_NAME_LENGTH = 128;
const MAX_REASON_LENGTH = 500;

export interface Hello {
  /** The reader's id. */
  readonly plugin: string;
  readonly log: string;
  /** Of the store as the reader sees it: positions of another history mean nothing. */
  readonly incarnation: string;
}

export type PublisherWord =
  | { readonly kind: 'last'; readonly last: number }
  | { readonly kind: 'kept'; readonly kept: number }
  | { readonly kind: 'refused'; readonly why: string };

export function isPluginId(value: unknown): value is string {
  return typeof value === 'string' && PLUGIN_ID.test(value);
}

export function helloLine({ plugin, log, incarnation }: Hello): string {
  return line({ hello: PROTOCOL_VERSION, plugin, log, incarnation });
}

export function doneLine(upTo: number): string {
  return line({ done: upTo });
}

export function wordLine(word: PublisherWord): string {
  if (word.kind === 'last') return line({ last: word.last });
  if (word.kind === 'kept') return line({ kept: word.kept });
  return line({ refused: word.why.slice(0, MAX_REASON_LENGTH) });
}

/** Undefined when it is no greeting of this version. */
export function parseHello(text: string): Hello | undefined {
  const message = parseObject(text);
  if (message?.hello !== PROTOCOL_VERSION) return undefined;
  const { plugin, log, incarnation } = message;
  if (!isPluginId(plugin)) return undefined;
  if (typeof incarnation !== 'string' || !INCARNATION.test(incarnation)) return undefined;
  if (typeof log !== 'string' || log === '' || log.length > MAX_LOG_NAME_LENGTH) return undefined;
  return { plugin, log, incarnation };
}

/** The position of a report; undefined when it is none. */
export function parseDone(text: string): number | undefined {
  return position(parseObject(text)?.done);
}

/** Undefined when it is nothing that a publisher says. */
export function parseWord(text: string): PublisherWord | undefined {
  const message = parseObject(text);
  const last = position(message?.last);
  if (last !== undefined) return { kind: 'last', last };
  const kept = position(message?.kept);
  if (kept !== undefined) return { kind: 'kept', kept };
  if (typeof message?.refused !== 'string') return undefined;
  return { kind: 'refused', why: message.refused.slice(0, MAX_REASON_LENGTH) };
}

function line(message: object): string {
  return `${JSON.stringify(message)}\n`;
}

function position(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // no JSON: as good as any other message that is not understood
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
