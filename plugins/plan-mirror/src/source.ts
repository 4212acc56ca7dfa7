import {
  MIRRORBOX,
  PLAN_SOURCE,
  type SinfoniaStatus,
  type SnapshotBegun,
  type SourceRecord,
  type SourceStatus,
  sourceCheck,
  sourceRecordCodec,
  sourceRelease,
  sourceSinfonia,
  sourceSnapshot,
  sourceStatus,
} from '@ftctl/plan/source';
import { capabilityErrors, type PluginContext, type Topic } from '@ftctl/sdk';

/** A copy is written within so long, or asked for again. */
const BEGIN_WITHIN_MS = 15_000;

/** The plugin that provides the plan, as the mirror sees it. */
export class Source {
  readonly #ctx: PluginContext<unknown>;

  constructor(ctx: PluginContext<unknown>) {
    this.#ctx = ctx;
  }

  /** @throws FtError FT_CAPABILITY_NOT_PROVIDED, FT_STORE_NO_TOPIC */
  open(): Promise<Topic<SourceRecord>> {
    const [name = ''] = PLAN_SOURCE.split('@');
    const offer = this.#ctx.capability(name);
    if (offer === undefined) throw capabilityErrors.NOT_PROVIDED({ capability: PLAN_SOURCE });
    return this.#ctx.store.topic(offer.provider, MIRRORBOX, sourceRecordCodec);
  }

  status(): Promise<SourceStatus> {
    return this.#ctx.ask(sourceStatus, {});
  }

  /** @param atLeast the highest syncid that the database has seen */
  begin(atLeast: number): Promise<SnapshotBegun> {
    return this.#ctx.ask(sourceSnapshot, { atLeast }, { timeoutMs: BEGIN_WITHIN_MS });
  }

  sinfonia(syncid: number): Promise<SinfoniaStatus> {
    return this.#ctx.ask(sourceSinfonia, { syncid });
  }

  /** @returns how many streams will be hashed */
  check(check: number): Promise<{ readonly streams: number }> {
    return this.#ctx.ask(sourceCheck, { check });
  }

  async release(syncid: number): Promise<void> {
    await this.#ctx.ask(sourceRelease, { syncid });
  }
}
