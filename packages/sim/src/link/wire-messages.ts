import type { ErrorShape, LogEntry, Seq } from '@ftctl/sdk';

/** What two simulated links say to each other. Values travel encoded, so that nothing is shared. */
export type WireMessage =
  | { readonly kind: 'welcome'; readonly from: Introduction }
  | { readonly kind: 'ping' | 'pong'; readonly id: number }
  | DialerMessage
  | AcceptorMessage;

/** From the side that dialed: it asks, ships and beats. */
export type DialerMessage = RequestMessage | OpenMessage | BatchMessage | BeatMessage;

/** From the side that accepted: it answers. */
export type AcceptorMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Uint8Array }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorShape }
  | StreamReply;

export interface Introduction {
  readonly host: string;
  readonly plugin: string;
  readonly incarnation: string;
}

export interface RequestMessage {
  readonly kind: 'request';
  readonly id: number;
  readonly channel: string;
  readonly question: Uint8Array;
}

export interface BeatMessage {
  readonly kind: 'beat';
  readonly channel: string;
  readonly value: Uint8Array;
}

/** The sender asks where to go on. `opening` is new for each, counting up. */
export interface OpenMessage {
  readonly kind: 'open';
  readonly opening: number;
  readonly channel: string;
  readonly log: string;
}

export interface BatchMessage {
  readonly kind: 'batch';
  readonly opening: number;
  /** What the sender had sent before. When the first entry is not the next one, records are missing. */
  readonly after: Seq;
  readonly entries: readonly LogEntry<Uint8Array>[];
}

export type StreamReply =
  /** The receiver's position on disk; undefined when it has nothing of this log. */
  | { readonly kind: 'resume'; readonly opening: number; readonly position: Seq | undefined }
  /** Everything up to it is on the receiver's disk. */
  | { readonly kind: 'delivered'; readonly opening: number; readonly upTo: Seq }
  /** The receiver could not apply a batch, and takes nothing more of this opening. */
  | { readonly kind: 'refused'; readonly opening: number; readonly why: string };

/** Headers of a packet, and what frames a message. */
const OVERHEAD_BYTES = 60;
const RECORD_OVERHEAD_BYTES = 8;

/** About the size of a message on the wire. */
export function wireBytes(message: WireMessage): number {
  switch (message.kind) {
    case 'batch': {
      const sum = (bytes: number, entry: LogEntry<Uint8Array>) =>
        bytes + entry.value.length + RECORD_OVERHEAD_BYTES;
      return message.entries.reduce(sum, OVERHEAD_BYTES);
    }
    case 'beat':
      return OVERHEAD_BYTES + message.value.length;
    case 'request':
      return OVERHEAD_BYTES + message.question.length;
    case 'answer':
      return OVERHEAD_BYTES + message.answer.length;
    default:
      return OVERHEAD_BYTES;
  }
}
