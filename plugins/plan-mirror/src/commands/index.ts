import type { CommandHandler, PluginContext } from '@ftctl/sdk';
import type { Mirror } from '../mirror.ts';
import { checksync } from './checksync.ts';
import { query } from './query.ts';
import { resync } from './resync.ts';
import { status } from './status.ts';

/** Handlers of `ftctl plan ...`, by the names in the manifest. */
export function planCommands(
  mirror: Mirror,
  ctx: PluginContext<unknown>,
): Readonly<Record<string, CommandHandler>> {
  return {
    status: () => status(mirror),
    checksync: (call) => checksync(mirror, ctx, call),
    resync: () => resync(mirror),
    query: (call) => query(mirror, call),
  };
}
