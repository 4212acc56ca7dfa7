import type { WorkstationName } from '@ftctl/plan';
import { describeError, isFtError, type LogEntry, sleep, type Transaction } from '@ftctl/sdk';
import type { CounterBlock } from './channels.ts';
import { counterChecksum } from './core/checksum.ts';
import { type Envelope, unwrapStored } from './core/envelope.ts';
import { originOf } from './core/origin.ts';
import { targetsOf } from './core/routing.ts';
import { type Counter, fetchCounter } from './counter-blocks.ts';
import type { Desk } from './desk.ts';
import type { Direction, Ftboxes } from './ftboxes.ts';
import type { Roads } from './roads.ts';

/** Records that one commit of a replay looks at. */
const CHUNK_RECORDS = 5_000;
/** Before a replay that failed is tried again. */
const RETRY_MS = 500;

export interface ReplayHooks {
  /** The target's road is live: ship it. */
  live(target: WorkstationName): void;
  started(target: WorkstationName): void;
  finished(target: WorkstationName, replayed: number): void;
  failed(target: WorkstationName, why: string): void;
  /** The counter could not be read: everything is sent, or by the classic rule nothing downwards. */
  reduced(target: WorkstationName, why: string): void;
}

/** A target on its way through an ftbox. */
interface Pass {
  readonly target: WorkstationName;
  readonly direction: Direction;
  /** Everything up to it was looked at. */
  seq: number;
  /** What the target has already; undefined when all is to be sent. */
  readonly marks: ReadonlyMap<string, number> | undefined;
  readonly epoch: string;
  replayed: number;
  fresh: boolean;
}

/**
 * The replay protocol of an acting manager (decision 11, step 3): before a
 * target's road carries anything live, the target says what it has, and what it
 * lacks of the ftbox goes onto the road. All targets of one ftbox share a
 * reading of it.
 */
export class Replay {
  readonly #desk: Desk;
  readonly #roads: Roads;
  readonly #boxes: Ftboxes;
  readonly #hooks: ReplayHooks;
  readonly #asking = new Set<WorkstationName>();
  readonly #passes = new Map<WorkstationName, Pass>();
  readonly #running = { up: false, down: false };
  #stopped = false;

  constructor(desk: Desk, { roads, boxes }: { roads: Roads; boxes: Ftboxes }, hooks: ReplayHooks) {
    this.#desk = desk;
    this.#roads = roads;
    this.#boxes = boxes;
    this.#hooks = hooks;
  }

  stop(): void {
    this.#stopped = true;
    this.#passes.clear();
  }

  /** The target cannot be reached any more, or this workstation does not act: begins anew later. */
  abandon(target: WorkstationName): void {
    this.#passes.delete(target);
  }

  isUnderWay(target: WorkstationName): boolean {
    return this.#asking.has(target) || this.#passes.has(target);
  }

  /** Brings a target's road to life; to be called whenever a session to it is open and this workstation acts. */
  async begin(target: WorkstationName): Promise<void> {
    if (this.#stopped || !this.#desk.roles.acting()) return;
    if (this.#roads.isLive(target)) {
      this.#hooks.live(target);
      return;
    }
    if (this.#asking.has(target) || this.#passes.has(target)) return;
    const epoch = this.#epoch();
    this.#asking.add(target);
    try {
      await this.#beginFresh(target, epoch);
    } finally {
      this.#asking.delete(target);
    }
  }

  /** What the target answers to step one: its event counter, as far as it is on disk. */
  answerBlock(block: number, blockMarks: number): Omit<CounterBlock, 'epochs' | 'plan'> {
    const marks = this.#desk.stores.marks.marks();
    const all = Object.entries(marks).sort(([a], [b]) => (a < b ? -1 : 1));
    const part = all.slice(block * blockMarks, (block + 1) * blockMarks);
    const more = all.length > (block + 1) * blockMarks;
    const asked = { marks: Object.fromEntries(part), more };
    return more ? asked : { ...asked, checksum: counterChecksum(all) };
  }

  async #beginFresh(target: WorkstationName, epoch: string): Promise<void> {
    this.#hooks.started(target);
    let counter: Counter;
    try {
      const { roles, domain } = this.#desk;
      ({ counter } = await fetchCounter(this.#desk, target, { epoch: roles.epochOf(domain) }));
    } catch (error) {
      if (!isFtError(error)) throw error;
      this.#hooks.failed(target, describeError(error));
      await sleep(this.#desk.ctx.clock, RETRY_MS);
      return;
    }
    if (this.#stopped || !this.#desk.roles.acting() || this.#epoch() !== epoch) return;
    if (counter.kind === 'marks') this.#boxes.hear(target, counter.marks);
    else this.#hooks.reduced(target, counter.why);
    this.#enqueue(this.#freshPass(target, epoch, counter));
  }

  #freshPass(target: WorkstationName, epoch: string, counter: Counter): Pass {
    const pass = this.#pass(target, epoch);
    if (counter.kind === 'marks') {
      const { marks } = counter;
      return { ...pass, marks, seq: this.#boxes.nothingBefore(pass.direction, target, marks) };
    }
    const nothing = this.#desk.settings.classicReplay && pass.direction === 'down';
    // Down by the classic rule nothing is sent: as if it had everything.
    return nothing ? { ...pass, seq: this.#boxes.box('down').bounds().last } : pass;
  }

  #pass(target: WorkstationName, epoch: string): Pass {
    const { tree, domain } = this.#desk;
    const isAbove = tree.parentOf(domain) === tree.domainOf(target);
    const direction: Direction = isAbove ? 'up' : 'down';
    const seq = this.#boxes.box(direction).bounds().first - 1;
    return { target, direction, seq, marks: undefined, epoch, replayed: 0, fresh: true };
  }

  #enqueue(pass: Pass): void {
    this.#passes.set(pass.target, pass);
    void this.#run(pass.direction);
  }

  /** Step three, for all targets that wait: one reading of the ftbox, commit by commit. */
  async #run(direction: Direction): Promise<void> {
    if (this.#running[direction]) return;
    this.#running[direction] = true;
    try {
      while (!this.#stopped) {
        const passes = [...this.#passes.values()].filter((one) => one.direction === direction);
        if (passes.length === 0) return;
        await this.#advance(direction, passes);
      }
    } catch (error) {
      // The disk refuses: the workstation begins anew from it.
      this.#desk.ctx.log.warn(`replay interrupted: ${describeError(error)}`);
      for (const [target, pass] of this.#passes) {
        if (pass.direction === direction) this.#passes.delete(target);
      }
    } finally {
      this.#running[direction] = false;
    }
  }

  async #advance(direction: Direction, passes: readonly Pass[]): Promise<void> {
    const { ctx, roles, stores } = this.#desk;
    const from = Math.min(...passes.map(({ seq }) => seq));
    const entries = this.#boxes.box(direction).readEncoded(from, { maxRecords: CHUNK_RECORDS });
    const done = await this.#desk.commit((tx) => {
      for (const pass of passes) if (pass.fresh) this.#first(tx, pass);
      for (const entry of entries) this.#look(tx, direction, entry, passes);
      if (!roles.acting()) return [];
      const ended = passes.filter((pass) => this.#end(tx, direction, pass));
      for (const { target, epoch, seq } of ended) tx.put(stores.replayed, target, { epoch, seq });
      return ended;
    });
    for (const { target, replayed } of done) {
      this.#hooks.finished(target, replayed);
      if (this.#roads.isLive(target)) this.#hooks.live(target);
    }
    if (done.length === 0 && entries.length === 0) await sleep(ctx.clock, 1);
  }

  #first(tx: Transaction, pass: Pass): void {
    pass.fresh = false;
    this.#roads.clear(tx, pass.target);
    this.#roads.follow(pass.target, pass.marks ?? new Map());
  }

  #look(
    tx: Transaction,
    direction: Direction,
    { seq, value }: LogEntry<Uint8Array>,
    passes: readonly Pass[],
  ): void {
    const { tree, domain } = this.#desk;
    const envelope = unwrapStored(value);
    const targets = targetsOf(tree, domain, envelope.message)[direction];
    for (const pass of passes) this.#offer(tx, pass, seq, envelope, targets);
  }

  #offer(
    tx: Transaction,
    pass: Pass,
    seq: number,
    { message, sealed }: Pick<Envelope, 'message' | 'sealed'>,
    targets: readonly WorkstationName[],
  ): void {
    if (seq <= pass.seq || this.#passes.get(pass.target) !== pass) return;
    pass.seq = seq;
    if (!targets.includes(pass.target)) return;
    if (message.id <= (pass.marks?.get(originOf(message)) ?? 0)) return;
    pass.replayed += 1;
    this.#roads.put(tx, pass.target, message, sealed);
  }

  /** Ends on what is still on its way to the disk; false when there is too much of it. */
  #end(tx: Transaction, direction: Direction, pass: Pass): boolean {
    if (this.#passes.get(pass.target) !== pass) return false;
    const rest = this.#boxes.recentAfter(tx, direction, pass.seq);
    if (rest === undefined || rest.length > CHUNK_RECORDS) return false;
    for (const one of rest) this.#offer(tx, pass, one.seq, one, one.targets);
    this.#passes.delete(pass.target);
    this.#roads.goLive(pass.target);
    return true;
  }

  #epoch(): string {
    const { number, owner } = this.#desk.roles.epochOf(this.#desk.domain);
    return `${number}/${owner}`;
  }
}
