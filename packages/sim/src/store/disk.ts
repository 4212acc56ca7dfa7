import type { LogOptions } from '@ftctl/sdk';
import type { SeededRandom } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import { type Change, StoreState } from './state.ts';

/** How far a reader of a topic has come. */
export interface TopicReport {
  readonly log: string;
  readonly reader: string;
  readonly upTo: number;
}

/** What is on disk for one plugin. It outlives every process that opens it. */
export class StoreFile {
  readonly plugin: string;
  readonly incarnation: string;
  state = new StoreState();
  /** Options of its logs as last opened, for readers of topics. */
  readonly logs = new Map<string, LogOptions<unknown>>();
  /** Batches that are on disk, but whose writer has not been told: it is paused. */
  readonly untold: (readonly Change[])[] = [];
  /** Called after each flush, for readers of topics. */
  readonly onFlush = new Set<() => void>();

  /** What readers of its topics have reported and its writer has not taken up yet. */
  readonly #reports = new Map<string, TopicReport>();
  #onReport: (() => void) | undefined;

  constructor(plugin: string, incarnation: string) {
    this.plugin = plugin;
    this.incarnation = incarnation;
  }

  report(report: TopicReport): void {
    this.#reports.set(`${report.log}/${report.reader}`, report);
    this.#onReport?.();
  }

  /** The writer of the present life takes reports up: those left from before, and new ones. */
  takeReports(listener: (() => void) | undefined): void {
    this.#onReport = listener;
    if (this.#reports.size > 0) listener?.();
  }

  reports(): readonly TopicReport[] {
    return [...this.#reports.values()];
  }

  reportDone(report: TopicReport): void {
    const key = `${report.log}/${report.reader}`;
    if (this.#reports.get(key) === report) this.#reports.delete(key);
  }

  /** Makes the oldest untold batch visible. */
  tell(): void {
    for (const change of this.untold.shift() ?? []) this.state.apply(change);
  }

  /** Makes all of them visible: the writer is gone, and a new one finds what the disk has. */
  settle(): void {
    while (this.untold.length > 0) this.tell();
  }
}

/** How long a flush takes, virtual milliseconds, drawn between the two. */
export interface FlushTime {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The disk of one host, with the stores of its plugins. Faults act here: a full
 * disk, flushes that hang, a damaged record.
 */
export class SimDisk {
  readonly host: string;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  flushTime: FlushTime;
  #full = false;
  #held = false;
  #released: (() => void)[] = [];
  readonly #files = new Map<string, StoreFile>();
  #made = 0;

  constructor(host: string, scheduler: Scheduler, random: SeededRandom, flushTime: FlushTime) {
    this.host = host;
    this.scheduler = scheduler;
    this.random = random;
    this.flushTime = flushTime;
  }

  /** While true, every flush fails with FT_STORE_DISK_FULL. */
  get full(): boolean {
    return this.#full;
  }

  fill(): void {
    this.#full = true;
  }

  free(): void {
    this.#full = false;
  }

  /** Lets flushes hang until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    const released = this.#released;
    this.#released = [];
    for (const go of released) go();
  }

  file(plugin: string): StoreFile {
    return this.#files.get(plugin) ?? this.#create(plugin);
  }

  /** What a plugin has on disk; undefined when it never ran here. */
  find(plugin: string): StoreFile | undefined {
    return this.#files.get(plugin);
  }

  /** Throws the store of a plugin away, as if the disk had been replaced: the next life finds it empty. */
  wipe(plugin: string): void {
    this.#files.delete(plugin);
  }

  /**
   * Damages one record of a log: reading it throws FT_STORE_CORRUPT from now
   * on, in every life. False when the log does not hold it.
   */
  corrupt(plugin: string, log: string, seq: number): boolean {
    return this.find(plugin)?.state.log(log).damage(seq) ?? false;
  }

  /** Calls `done` when a flush begun now has ended: true when it was written. */
  flush(done: (written: boolean) => void): void {
    const delayMs = this.random.between(this.flushTime.minMs, this.flushTime.maxMs);
    this.scheduler.after(delayMs, `disk:${this.host}`, () => this.#end(done));
  }

  #end(done: (written: boolean) => void): void {
    if (this.#held) this.#released.push(() => done(!this.#full));
    else done(!this.#full);
  }

  #create(plugin: string): StoreFile {
    this.#made += 1;
    const file = new StoreFile(plugin, this.random.fork(`store/${plugin}/${this.#made}`).id());
    this.#files.set(plugin, file);
    return file;
  }
}
