import type { ErrorShape, LogEntry, Seq } from '@ftctl/sdk';

/** What two simulated links say to each other. Values travel encoded, so that nothing is shared. */
export type WireMessage =
  | { readonly kind: 'hello'; readonly from: Introduction }
  | { readonly kind: 'welcome'; readonly from: Introduction }
  | { readonly kind: 'refuse'; readonly why: string }
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'pong'; readonly id: number }
  | RequestMessage
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Uint8Array }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorShape }
  | StreamMessage
  | BeatMessage;

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

export type StreamMessage =
  /** The sender asks where to go on; `cursor` is where it stands itself. */
  | { readonly kind: 'open'; readonly stream: string; readonly cursor: Seq }
  /** The receiver's position on disk; undefined when it has never had anything of this log. */
  | { readonly kind: 'resume'; readonly stream: string; readonly position: Seq | undefined }
  | BatchMessage
  /** Everything up to it is on the receiver's disk. */
  | { readonly kind: 'delivered'; readonly stream: string; readonly upTo: Seq }
  /** The receiver could not apply a batch, and takes no more before the next `open`. */
  | { readonly kind: 'refused'; readonly stream: string; readonly why: string };

export interface BatchMessage {
  readonly kind: 'batch';
  readonly stream: string;
  /** What the sender had sent before. When the first entry is not the next one, records are missing. */
  readonly after: Seq;
  readonly entries: readonly LogEntry<Uint8Array>[];
}
