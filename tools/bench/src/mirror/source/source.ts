import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MIRRORBOX,
  type SinfoniaHead,
  type SourceRecord,
  sourceCheck,
  sourceRecordCodec,
  sourceRelease,
  sourceSinfonia,
  sourceSnapshot,
  sourceStatus,
} from '@ftctl/plan/source';
import {
  answers,
  type CapabilityAnswer,
  type CommandCall,
  type CommandResult,
  type Log,
  type PluginContext,
} from '@ftctl/sdk';
import { BenchPlan } from './plan.ts';

/** Enough for everything that a benchmark lets wait. */
const LIMIT_BYTES = 512 * 1024 * 1024;
const PIECE_PARTS = 5_000;
/** Records that one commit takes. */
const BATCH = 1_000;
const TICK_MS = 10;
const EPOCH = 0;

export interface SourceConfig {
  readonly jobs: number;
  readonly jobsInEachStream: number;
}

/** A source of a plan that can change it faster than any scheduler. */
export class BenchSource {
  readonly #ctx: PluginContext<unknown>;
  readonly #plan: BenchPlan;
  readonly #log: Log<SourceRecord>;
  readonly #folder: string;
  #syncid = 0;
  #path: string | undefined;
  #emitted = 0;

  constructor(ctx: PluginContext<unknown>) {
    const { jobs, jobsInEachStream } = ctx.config as SourceConfig;
    this.#ctx = ctx;
    this.#plan = new BenchPlan(jobs, jobsInEachStream);
    this.#folder = join(ctx.host.home, 'sinfonia');
    this.#log = ctx.store.log(MIRRORBOX, {
      codec: sourceRecordCodec,
      limitBytes: LIMIT_BYTES,
      overflow: 'overwrite',
      topic: true,
    });
  }

  answers(): readonly CapabilityAnswer[] {
    return [
      answers(sourceStatus, () => ({
        workstation: 'M',
        master: true,
        epoch: EPOCH,
        run: 1,
        syncid: this.#syncid,
        whole: this.#syncid > 0,
      })),
      answers(sourceSnapshot, async ({ atLeast }) => {
        this.#syncid = Math.max(this.#syncid, atLeast) + 1;
        this.#path = undefined;
        const syncid = this.#syncid;
        const seq = await this.#ctx.store.commit((tx) => {
          tx.trim(this.#log, tx.bounds(this.#log).last);
          return tx.append(this.#log, { r: 'snapshot', syncid, epoch: EPOCH });
        });
        this.#write(syncid).catch((error: unknown) => this.#ctx.log.error('no copy', { error }));
        return { syncid, epoch: EPOCH, seq };
      }),
      answers(sourceSinfonia, ({ syncid }) => {
        const { count: parts } = this.#plan;
        const path = syncid === this.#syncid ? this.#path : undefined;
        if (path === undefined) return { state: 'writing', parts, written: 0, bytes: 0 };
        return { state: 'ready', parts, written: parts, bytes: 0, path };
      }),
      // Nothing is compared here.
      answers(sourceCheck, () => ({ streams: 0 })),
      answers(sourceRelease, async () => {
        if (this.#path !== undefined) await rm(this.#path, { force: true });
        return {};
      }),
    ];
  }

  /** `ftctl tws emit COUNT PER_SECOND`: 0 is as fast as may be. */
  async emit({ args }: CommandCall): Promise<CommandResult> {
    const [count, perS] = [Number(args.count), Number(args.rate)];
    const beganMs = performance.now();
    let done = 0;
    while (done < count) {
      const due = perS === 0 ? count : ((performance.now() - beganMs) / 1_000) * perS;
      const batch = Math.min(BATCH, count - done, Math.floor(due) - done);
      if (batch > 0) {
        await this.#append(batch);
        done += batch;
      } else await sleep(TICK_MS);
    }
    return { data: { seconds: (performance.now() - beganMs) / 1_000, emitted: this.#emitted } };
  }

  async #append(count: number): Promise<void> {
    const ms = this.#ctx.clock.now();
    await this.#ctx.store.commit((tx) => {
      for (let n = 0; n < count; n += 1) {
        const e = { k: 'job', ...this.#plan.change(this.#emitted) } as const;
        this.#emitted += 1;
        tx.append(this.#log, { r: 'event', ms, e });
      }
    });
  }

  async #write(syncid: number): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `Sinfonia.${syncid}`);
    const head: SinfoniaHead = {
      sinfonia: 1,
      syncid,
      epoch: EPOCH,
      plan: { epoch: EPOCH, run: 1 },
      madeAtMs: this.#ctx.clock.now(),
      takenAtMs: this.#ctx.clock.now(),
      parts: this.#plan.count,
      domains: [],
      workstations: [],
    };
    const file = await open(path, 'w', 0o600);
    try {
      let lines = [JSON.stringify(head)];
      for (const part of this.#plan.parts()) {
        lines.push(JSON.stringify(part));
        if (lines.length < PIECE_PARTS) continue;
        await file.appendFile(`${lines.join('\n')}\n`);
        lines = [];
      }
      lines.push(JSON.stringify({ end: head.parts }));
      await file.appendFile(`${lines.join('\n')}\n`);
    } finally {
      await file.close();
    }
    this.#path = path;
  }
}
