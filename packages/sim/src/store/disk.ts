import type { StoreOrigin } from '@ftctl/sdk';
import type { SeededRandom } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import { contains, damage } from './damage.ts';
import { type Change, StoreState } from './state.ts';

/** How far a reader of a topic has come. */
export interface TopicReport {
  readonly log: string;
  readonly reader: string;
  readonly upTo: number;
  /** Called when the publisher has it on disk. */
  readonly done: () => void;
}

/** What is on disk for one plugin. It outlives every process that opens it. */
export class StoreFile {
  readonly plugin: string;
  readonly incarnation: string;
  readonly origin: StoreOrigin;
  state = new StoreState();
  /** Batches that are on disk, but whose writer has not been told: it is paused. */
  readonly untold: (readonly Change[])[] = [];

  /** What readers of its topics have reported and its writer has not taken up yet. */
  #reports: TopicReport[] = [];
  #onReport: (() => void) | undefined;

  constructor(plugin: string, incarnation: string, origin: StoreOrigin) {
    this.plugin = plugin;
    this.incarnation = incarnation;
    this.origin = origin;
  }

  report(report: TopicReport): void {
    this.#reports.push(report);
    this.#onReport?.();
  }

  /** Calls the present writer's `listener` when there are reports to take up. Answers how to stop. */
  takeReports(listener: () => void): () => void {
    this.#onReport = listener;
    return () => {
      if (this.#onReport === listener) this.#onReport = undefined;
    };
  }

  reports(): readonly TopicReport[] {
    return this.#reports;
  }

  reportDone(report: TopicReport): void {
    if (!this.#reports.includes(report)) return;
    this.#reports = this.#reports.filter((other) => other !== report);
    report.done();
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

/** What `ftctl store backup` would have written. */
export interface SimBackup {
  readonly incarnation: string;
  readonly takenAt: number;
  readonly state: StoreState;
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
  #flushes = 0;
  readonly #atFlush = new Map<number, (endsInMs: number) => void>();
  readonly #files = new Map<string, StoreFile>();
  readonly #bells = new Map<string, Set<() => void>>();
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

  /** While true, no flush ends. */
  get held(): boolean {
    return this.#held;
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
    const origin = { kind: 'created', at: this.scheduler.now } as const;
    return this.#files.get(plugin) ?? this.#create(plugin, origin);
  }

  /** What a plugin has on disk; undefined when it never ran here. */
  find(plugin: string): StoreFile | undefined {
    return this.#files.get(plugin);
  }

  /** Throws the store of a plugin away, as if the disk had been replaced: the next life finds it empty. */
  wipe(plugin: string): void {
    this.#files.delete(plugin);
  }

  /** Copies what a plugin has on disk. Undefined when it never ran here. */
  backUp(plugin: string): SimBackup | undefined {
    const file = this.find(plugin);
    if (file === undefined) return undefined;
    const { incarnation, state } = file;
    return { incarnation, takenAt: this.scheduler.now, state: new StoreState(state) };
  }

  /** Puts a backup in place of what a plugin has on disk. Its process has to be down. */
  restore(plugin: string, { incarnation, takenAt, state }: SimBackup): void {
    const before = this.find(plugin);
    const from = { incarnation, takenAt };
    const file = this.#create(plugin, { kind: 'restored', at: this.scheduler.now, from });
    file.state = new StoreState(state);
    // Positions in the old history mean nothing in the new one.
    for (const report of before?.reports() ?? []) before?.reportDone(report);
  }

  /** Puts an earlier state back, as the snapshot of a whole machine does: the store takes itself for what it was. */
  setBack(plugin: string, { state }: SimBackup): void {
    const file = this.find(plugin);
    if (file !== undefined) file.state = new StoreState(state);
  }

  /**
   * Damages one record of a log: reading it throws FT_STORE_CORRUPT from now
   * on, in every life. False when the log does not hold it.
   */
  corrupt(plugin: string, log: string, seq: number): boolean {
    const record = this.find(plugin)?.state.log(log).raw(seq);
    if (record !== undefined) damage(record);
    return record !== undefined;
  }

  /** The same for every record and value of a plugin that contains these bytes. Answers how many. */
  corruptBytes(plugin: string, part: Uint8Array): number {
    const found = [...(this.find(plugin)?.state.rawBytes() ?? [])].filter((bytes) =>
      contains(bytes, part),
    );
    for (const bytes of found) damage(bytes);
    return found.length;
  }

  /**
   * Damages one record of those that lie on this disk: `pick` in [0, 1) says
   * which. Answers whether there was any.
   */
  corruptAt(pick: number): boolean {
    const all = [...this.#files.values()].flatMap((file) => [...file.state.rawRecords()]);
    const found = all[Math.floor(pick * all.length)];
    if (found !== undefined) damage(found);
    return found !== undefined;
  }

  /** Calls `run` when the n-th flush from now begins, with how long it takes. Answers how to call it off. */
  atFlush(flushes: number, run: (endsInMs: number) => void): () => void {
    const number = this.#flushes + Math.max(1, flushes);
    this.#atFlush.set(number, run);
    return () => {
      if (this.#atFlush.get(number) === run) this.#atFlush.delete(number);
    };
  }

  /** Calls `done` when a flush begun now has ended: true when it was written. */
  flush(done: (written: boolean) => void): void {
    const delayMs = this.random.between(this.flushTime.minMs, this.flushTime.maxMs);
    this.#flushes += 1;
    this.#atFlush.get(this.#flushes)?.(delayMs);
    this.#atFlush.delete(this.#flushes);
    this.scheduler.after(delayMs, `disk:${this.host}`, () => this.#end(done));
  }

  /** Calls `listener` after each flush of a plugin's store. Answers how to stop. */
  onFlush(plugin: string, listener: () => void): () => void {
    const listeners = this.#bells.get(plugin) ?? new Set();
    this.#bells.set(plugin, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** A plugin's store has something new. */
  ring(plugin: string): void {
    for (const listener of [...(this.#bells.get(plugin) ?? [])]) listener();
  }

  #end(done: (written: boolean) => void): void {
    if (this.#held) this.#released.push(() => done(!this.#full));
    else done(!this.#full);
  }

  #create(plugin: string, origin: StoreOrigin): StoreFile {
    this.#made += 1;
    const incarnation = this.random.fork(`store/${plugin}/${this.#made}`).id();
    const file = new StoreFile(plugin, incarnation, origin);
    this.#files.set(plugin, file);
    return file;
  }
}
