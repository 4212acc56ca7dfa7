import {
  type Codec,
  type Counters,
  type Log,
  type LogOptions,
  type StoreLimits,
  storeErrors,
  type Table,
} from '@ftctl/sdk';
import { CountersHandle, type DurableSource, LogHandle, TableHandle } from './handles.ts';
import { checkName } from './keys.ts';
import { LiveLog } from './live-log.ts';
import { checkLimits } from './log-settings.ts';
import type { HandleRegistry } from './transaction.ts';
import type { View } from './view.ts';

interface OpenLog {
  readonly handle: LogHandle<unknown>;
  readonly live: LiveLog;
}

/** The handles that a writer has given out: same name, same handle. */
export class Registry implements HandleRegistry {
  readonly #limits: StoreLimits;
  readonly #source: DurableSource;
  readonly #logs = new Map<string, OpenLog>();
  readonly #counters = new Map<string, CountersHandle>();
  readonly #tables = new Map<string, TableHandle<unknown>>();

  constructor(limits: StoreLimits, source: DurableSource) {
    this.#limits = limits;
    this.#source = source;
  }

  openLog<T>(name: string, options: LogOptions<T>): LogHandle<T> {
    const open = this.#logs.get(name);
    if (open !== undefined) {
      checkSamePlan(name, open.live.plan, options);
      // A name has one type of record, the plugin's.
      return open.handle as LogHandle<T>;
    }
    checkName(name, 'a name of a log', this.#limits.nameBytes);
    checkLimits(name, options);
    const handle = new LogHandle(name, options.codec, this.#source);
    const live = new LiveLog(name, options);
    this.#source.read((view) => live.load(view));
    this.#logs.set(name, { handle: handle as LogHandle<unknown>, live });
    return handle;
  }

  openCounters(name: string): CountersHandle {
    const open = this.#counters.get(name);
    if (open !== undefined) return open;
    checkName(name, 'a name of counters', this.#limits.nameBytes);
    const handle = new CountersHandle(name, this.#source);
    this.#counters.set(name, handle);
    return handle;
  }

  openTable<V>(name: string, codec: Codec<V>): TableHandle<V> {
    const open = this.#tables.get(name);
    if (open !== undefined) return open as TableHandle<V>;
    checkName(name, 'a name of a table', this.#limits.nameBytes);
    const handle = new TableHandle(name, codec, this.#source);
    this.#tables.set(name, handle as TableHandle<unknown>);
    return handle;
  }

  liveLog<T>(log: Log<T>): LiveLog {
    const open = this.#logs.get(log.name);
    if (open === undefined || open.handle !== log) throw foreign(`log ${log.name}`);
    return open.live;
  }

  /** A log by its name, when it is open. */
  logNamed(name: string): LogHandle<unknown> | undefined {
    return this.#logs.get(name)?.handle;
  }

  counters(counters: Counters): Counters {
    if (this.#counters.get(counters.name) !== counters) throw foreign(`counters ${counters.name}`);
    return counters;
  }

  table<V>(table: Table<V>): TableHandle<V> {
    const open = this.#tables.get(table.name);
    if (open === undefined || open !== table) throw foreign(`table ${table.name}`);
    return open as TableHandle<V>;
  }

  /** Logs that no commit has recorded yet. */
  *unrecorded(): Generator<LiveLog> {
    for (const { live } of this.#logs.values()) if (!live.recorded) yield live;
  }

  /** Takes all logs' states from disk. */
  reload(view: View): void {
    for (const { live } of this.#logs.values()) live.load(view);
  }
}

function checkSamePlan(
  name: string,
  open: Omit<LogOptions<never>, 'codec'>,
  asked: Omit<LogOptions<never>, 'codec'>,
): void {
  const same =
    open.limitBytes === asked.limitBytes &&
    open.limitRecords === asked.limitRecords &&
    open.overflow === asked.overflow &&
    (open.topic ?? false) === (asked.topic ?? false);
  if (!same) throw storeErrors.MISUSE({ why: `log ${name} is open with other options` });
}

function foreign(what: string): Error {
  return storeErrors.MISUSE({ why: `${what} was not opened on this store` });
}
