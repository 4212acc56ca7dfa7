import { crc32 } from 'node:zlib';
import { type LogOptions, text } from '@ftctl/sdk';

export const PUBLISHER = 'publisher';
export const LOG = 'events';

/** Large enough that nothing is refused: readers make the room. */
export const EVENTS: LogOptions<string> = {
  codec: text,
  limitBytes: 1_000_000_000,
  overflow: 'refuse',
  topic: true,
};

/** A sum over all records up to one, so that two who have the same have seen the same. */
export function chained(before: number, seq: number, value: string): number {
  return crc32(`${seq} ${value}`, before);
}

/** What a reader tells: everything up to `seq` had this sum. */
export interface Seen {
  readonly seq: number;
  readonly sum: number;
}
