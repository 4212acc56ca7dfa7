import {
  type CommandResult,
  describeError,
  type Health,
  isFtError,
  type PluginContext,
  type PluginInstance,
  type StreamBatch,
  type Table,
  type Timer,
  type Transaction,
} from '@ftctl/sdk';
import { type AlertTable, alertTable } from './alert-table.ts';
import { alertStream, clockRequest } from './channels.ts';
import { probeStatusResult } from './commands/status.ts';
import type { ObjectServerConfig } from './config.ts';
import { admit, type LedgerTables, stillNeeded } from './core/ledger.ts';
import {
  type LedgerEntry,
  ledgerCodec,
  type Position,
  type ProbeEvent,
  positionCodec,
} from './core/records.ts';
import type { ObjectServerStatus } from './core/status.ts';
import { probeMessages } from './messages.ts';
import { objectServerViews } from './views.ts';

/** How often, and how many entries at a time, the ledger is looked through for old ones. */
const SWEEP_EVERY_MS = 1_000;
const SWEEP_ENTRIES = 2_000;

/** The ObjectServer's side: counts events in the alert table, each once. */
export function createObjectServer(
  ctx: PluginContext<unknown>,
  config: ObjectServerConfig,
): PluginInstance {
  let running: ObjectServer | undefined;
  return {
    start() {
      running = new ObjectServer(ctx, config);
    },
    stop() {
      running?.stop();
      running = undefined;
    },
    health: () => running?.health() ?? { state: 'failed', reason: 'not started' },
    commands: {
      status: (): CommandResult => probeStatusResult(running?.status()),
    },
    views: objectServerViews(ctx, () => running?.status()),
  };
}

class ObjectServer {
  readonly #ctx: PluginContext<unknown>;
  readonly #config: ObjectServerConfig;
  readonly #alerts: AlertTable;
  /** Deliveries for which the partner's copy may still come, by `member/print`. */
  readonly #ledger: Table<readonly LedgerEntry[]>;
  /** Per member, up to where its partner knows of its deliveries. */
  readonly #settled: Table<Position>;
  readonly #metrics;
  /**
   * What is added to monotonic time to get the time by which probes compare
   * receptions. Fixed, so that a jump of the wall clock does not tear apart what
   * both probes saw together.
   */
  readonly #baseMs: number;
  #sweepTimer: Timer;
  #sweptTo = '';
  #events = 0;
  #duplicates = 0;
  #full = false;

  constructor(ctx: PluginContext<unknown>, config: ObjectServerConfig) {
    this.#ctx = ctx;
    this.#config = config;
    this.#alerts = alertTable(ctx.store);
    this.#ledger = ctx.store.table('ledger', ledgerCodec);
    this.#settled = ctx.store.table('settled', positionCodec);
    this.#metrics = createMetrics(ctx);
    this.#baseMs = ctx.clock.now() - ctx.clock.monotonic();
    ctx.link.serve(clockRequest, () => ({ nowMs: this.#now() }));
    ctx.link.receive(alertStream, (tx, batch) => this.#take(tx, batch));
    this.#sweepTimer = ctx.clock.setTimer(SWEEP_EVERY_MS, () => this.#sweep());
  }

  stop(): void {
    this.#sweepTimer.cancel();
  }

  health(): Health {
    const details = { ...this.status() };
    if (!this.#full) return { state: 'ok', details };
    return { state: 'degraded', reason: 'the alert table is full', details };
  }

  status(): ObjectServerStatus {
    return {
      role: 'objectserver',
      rows: this.#alerts.rows(),
      events: this.#events,
      duplicates: this.#duplicates,
    };
  }

  /** The time that probes are told. */
  #now(): number {
    return this.#baseMs + this.#ctx.clock.monotonic();
  }

  #take(tx: Transaction, batch: StreamBatch<ProbeEvent>): void {
    const { host: from, incarnation } = batch.from;
    const nowMs = this.#now();
    const ledger = this.#ledgerIn(tx);
    let counted = 0;
    for (const { seq, value: event } of batch.entries) {
      if (!admit(ledger, { from, at: { incarnation, seq }, event, nowMs })) continue;
      this.#count(tx, event);
      counted += 1;
    }
    const settled = batch.entries.at(-1)?.value.pair?.settled;
    if (settled !== undefined) tx.put(this.#settled, from, { incarnation, seq: settled });
    this.#full = false;
    this.#events += counted;
    this.#duplicates += batch.entries.length - counted;
    this.#metrics.events.add(counted);
    this.#metrics.duplicates.add(batch.entries.length - counted);
    this.#metrics.rows.set(this.#alerts.rows());
  }

  #count(tx: Transaction, event: ProbeEvent): void {
    const limit = this.#config.alertLimit;
    const wallMs = event.occurredAtMs + this.#ctx.clock.now() - this.#now();
    try {
      this.#alerts.count(tx, event.fields, Math.round(wallMs), limit);
    } catch (cause) {
      if (isFtError(cause, 'FT_PROBE_ALERTS_FULL') && !this.#full) {
        this.#full = true;
        this.#ctx.messages.emit(probeMessages.FTOP009W({ rows: this.#alerts.rows(), limit }));
      }
      throw cause;
    }
  }

  #ledgerIn(tx: Transaction): LedgerTables {
    const key = (member: string, print: string) => `${member}/${print}`;
    return {
      entries: (member, print) => tx.get(this.#ledger, key(member, print)) ?? [],
      setEntries: (member, print, entries) => {
        if (entries.length > 0) tx.put(this.#ledger, key(member, print), entries);
        else tx.delete(this.#ledger, key(member, print));
      },
    };
  }

  /** Looks through a piece of the ledger and drops what no copy can come for any more. */
  #sweep(): void {
    const rows = this.#ledger.entries({ after: this.#sweptTo, limit: SWEEP_ENTRIES });
    this.#sweptTo = rows.length < SWEEP_ENTRIES ? '' : (rows.at(-1)?.[0] ?? '');
    const nowMs = this.#now();
    const settled = new Map(
      [...new Set(rows.map(([key]) => memberOf(key)))].map((member) => [
        member,
        this.#settled.get(member),
      ]),
    );
    const old = rows.filter(
      ([key, entries]) =>
        stillNeeded(entries, settled.get(memberOf(key)), nowMs).length < entries.length,
    );
    if (old.length > 0) {
      this.#drop(
        old.map(([key]) => key),
        nowMs,
      );
    }
    this.#sweepTimer = this.#ctx.clock.setTimer(SWEEP_EVERY_MS, () => this.#sweep());
  }

  #drop(keys: readonly string[], nowMs: number): void {
    this.#ctx.store
      .commit((tx) => {
        for (const key of keys) this.#dropOld(tx, key, nowMs);
      })
      .catch((cause: unknown) => {
        this.#ctx.log.warn('the ledger was not swept', { why: describeError(cause) });
      });
  }

  #dropOld(tx: Transaction, key: string, nowMs: number): void {
    const entries = tx.get(this.#ledger, key) ?? [];
    const needed = stillNeeded(entries, tx.get(this.#settled, memberOf(key)), nowMs);
    if (needed.length === 0) tx.delete(this.#ledger, key);
    else tx.put(this.#ledger, key, needed);
  }
}

/** The member of a key of the ledger, `member/print`. */
function memberOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}

function createMetrics({ metrics }: PluginContext<unknown>) {
  return {
    events: metrics.counter({ name: 'alerts_events_total', help: 'Events counted in the table' }),
    duplicates: metrics.counter({
      name: 'alerts_duplicates_total',
      help: 'Copies of events that the partner had delivered already',
    }),
    rows: metrics.gauge({ name: 'alerts_rows', help: 'Rows of the alert table' }),
  };
}
