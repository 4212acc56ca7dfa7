import { isFtError, type PluginContext } from '@ftctl/sdk';
import { mirrorMessages } from './messages.ts';

/** Tells the operator once that the database is away, and once that it is back. */
export class Absence {
  readonly #ctx: PluginContext<unknown>;
  #sinceMs: number | undefined;

  constructor(ctx: PluginContext<unknown>) {
    this.#ctx = ctx;
  }

  /** @param error what the mirror failed with; of the scheduler it is told elsewhere */
  failed(error: unknown, why: string): void {
    if (!isFtError(error, 'FT_MIRROR_DATABASE') || this.#sinceMs !== undefined) return;
    this.#sinceMs = this.#ctx.clock.monotonic();
    this.#ctx.messages.emit(mirrorMessages.FTPM002W({ why }));
  }

  back(): void {
    if (this.#sinceMs === undefined) return;
    const seconds = Math.round((this.#ctx.clock.monotonic() - this.#sinceMs) / 1_000);
    this.#sinceMs = undefined;
    this.#ctx.messages.emit(mirrorMessages.FTPM003I({ seconds }));
  }
}
