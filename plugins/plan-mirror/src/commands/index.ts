import type { CommandHandler } from '@ftctl/sdk';
import type { Mirror } from '../mirror.ts';
import { query } from './query.ts';
import { resync } from './resync.ts';
import { status } from './status.ts';

/** Handlers of `ftctl plan ...`, by the names in the manifest. */
export function planCommands(mirror: Mirror): Readonly<Record<string, CommandHandler>> {
  return {
    status: () => status(mirror),
    resync: () => resync(mirror),
    query: (call) => query(mirror, call),
  };
}
