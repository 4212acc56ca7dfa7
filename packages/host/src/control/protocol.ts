import type { ErrorShape } from '@ftctl/sdk';

/**
 * What goes over a control socket: lines of JSON, one connection for a call.
 * The client sends one request, then pieces of input as the server pulls them,
 * and signals; the server sends events and one last line, `done` or `error`.
 * A server that is at work says so every second, so silence means that the
 * process is stopped or overloaded, however long the call takes.
 */
export type ClientLine =
  | { readonly op: string; readonly params: unknown }
  | { readonly input: unknown }
  | { readonly inputEnd: true }
  | { readonly signal: CallSignal };

export type ServerLine =
  | { readonly alive: true }
  | { readonly pull: true }
  | { readonly event: unknown }
  | { readonly done: unknown }
  | { readonly error: ErrorShape };

export type CallSignal = 'SIGINT' | 'SIGTERM';

/** How often a server that works on a call says that it lives. */
export const ALIVE_EVERY_MS = 1_000;

/** How long a client waits for any line before it says that nobody answers. */
export const ANSWER_WITHIN_MS = 3_000;

/** How long a server waits for the request once somebody has connected. */
export const REQUEST_WITHIN_MS = 5_000;

/** Longest line of a client, in bytes. */
export const MAX_CLIENT_LINE_BYTES = 1 << 20;

/** Longest line of a server, in bytes: the answer of a command can be a long table. */
export const MAX_SERVER_LINE_BYTES = 32 << 20;

/** Most bytes that wait for a client that does not read; then it is cut off. */
export const MAX_WAITING_BYTES = 64 << 20;

/** Most connections of one control socket at a time. */
export const MAX_CONNECTIONS = 128;
