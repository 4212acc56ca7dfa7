import {
  type BeatChannel,
  definePlugin,
  json,
  type LogOptions,
  type PluginContext,
  type RequestChannel,
  type StreamChannel,
  text,
} from '@ftctl/sdk';
import type { HistoryFields, SeededRandom, SimProcess, World } from '@ftctl/sim';

/** A record of a stream: who made it, and its number there. */
export interface Fact {
  readonly origin: string;
  readonly n: number;
}

const fact = json<Fact>('fact', (value) => value as Fact);
const facts: StreamChannel<Fact> = { name: 'facts', codec: fact };
const orders: RequestChannel<string, string> = { name: 'orders', question: text, answer: text };
const pulse: BeatChannel<string> = { name: 'pulse', codec: text };

export const ID = 'node';
/** What a node ships; the links let go of it. */
const OUT = 'out';
/** The same records, kept. Equal numbers, because both are always appended together. */
export const ALL = 'all';
/** What a node has taken from others. */
export const IN = 'in';
const LOG: LogOptions<Fact> = { codec: fact, limitBytes: 50_000_000, overflow: 'refuse' };

/** Sees all nodes from outside, and writes into the history what each was told. */
export class Witness {
  readonly all: ReadonlyMap<string, DiskReader>;
  readonly taken: ReadonlyMap<string, DiskReader>;
  readonly #world: World;
  readonly #hosts: readonly string[];
  readonly #random: SeededRandom;
  readonly #beaten = new Set<string>();
  readonly #promised = new Set<string>();
  #next = 1;
  #stopped = false;

  constructor(world: World, hosts: readonly string[]) {
    this.#world = world;
    this.#hosts = hosts;
    this.#random = world.random.fork('workload');
    this.all = new Map(hosts.map((host) => [host, new DiskReader(world, host, ALL)]));
    this.taken = new Map(hosts.map((host) => [host, new DiskReader(world, host, IN)]));
  }

  /** Ends the work; what was begun goes on. */
  stop(): void {
    this.#stopped = true;
  }

  /** One life of a node: ships its log to all others, takes theirs, asks and beats at random. */
  plugin(process: SimProcess) {
    return definePlugin({
      setup: (ctx) => ({
        start: () => {
          this.#ship(ctx);
          this.#take(ctx, process);
          this.#work(ctx);
        },
        stop: () => undefined,
        health: () => ({ state: 'ok' }),
      }),
    });
  }

  #ship(ctx: PluginContext): void {
    const out = ctx.store.log(OUT, LOG);
    for (const host of this.#others(ctx)) {
      const shipment = ctx.link.ship(facts, out, { host }, `to-${host}`);
      shipment.onDelivered((upTo) => this.#checkDelivered(ctx.host.name, host, upTo));
    }
  }

  #take(ctx: PluginContext, process: SimProcess): void {
    const log = ctx.store.log(IN, LOG);
    ctx.link.receive(facts, (tx, batch) => {
      if (batch.gap) this.#say(`${ctx.host.name} was told of a gap from ${batch.from.host}`);
      for (const { value } of batch.entries) {
        if (value.origin !== batch.from.host)
          this.#say(`${value.origin} came as ${batch.from.host}`);
        tx.append(log, value);
      }
      // Taken back as a whole, and offered again.
      if (this.#random.chance(0.05)) throw new Error('not now');
    });
    ctx.link.serve(orders, async (order) => {
      if (process.alive) {
        this.#note('item.applied', { host: ctx.host.name, place: ctx.host.name, item: order });
      }
      return `done ${order}`;
    });
    ctx.link.onBeat(pulse, (beat, from) => {
      const sent = this.#beaten.has(`${from.host}>${ctx.host.name} ${beat}`);
      if (!sent) this.#say(`${ctx.host.name} heard a beat that ${from.host} never sent`);
    });
  }

  #work(ctx: PluginContext): void {
    if (this.#stopped || !this.#world.takeWork()) return;
    const step = this.#random.pick([this.#append, this.#append, this.#order, this.#beat]);
    step.call(this, ctx);
    ctx.clock.setTimer(this.#random.between(0, 200), () => this.#work(ctx));
  }

  #append(ctx: PluginContext): void {
    const origin = ctx.host.name;
    const [out, all] = [ctx.store.log(OUT, LOG), ctx.store.log(ALL, LOG)];
    const values = Array.from({ length: 1 + this.#random.int(4) }, () => this.#number());
    for (const n of values) this.#note('item.offered', { host: origin, item: nameOf(origin, n) });
    const commit = ctx.store.commit((tx) => {
      for (const n of values) {
        tx.append(out, { origin, n });
        tx.append(all, { origin, n });
      }
    });
    commit.then(
      () => {
        for (const n of values) this.#acknowledged(origin, n);
      },
      () => this.#note('append.rejected', { host: origin, values }),
    );
  }

  /** From then on it must be everywhere, in the end. */
  #acknowledged(origin: string, n: number): void {
    const item = nameOf(origin, n);
    if (this.#promised.has(item)) return;
    this.#promised.add(item);
    this.#note('item.acknowledged', { host: origin, item });
  }

  /** Writes down what stands on the disks: what a node has on its own, the others must have too. */
  testify(): void {
    for (const [host, log] of this.all) {
      for (const { n } of log.facts()) this.#acknowledged(host, n);
    }
    for (const logs of [this.all, this.taken]) {
      for (const [place, log] of logs) {
        for (const { origin, n } of log.facts()) {
          const item = nameOf(origin, n);
          this.#note('item.applied', { host: place, place, item, origin, number: n });
        }
      }
    }
  }

  #order(ctx: PluginContext): void {
    const host = this.#random.pick(this.#others(ctx));
    const order = `${ctx.host.name}>${host} ${this.#number()}`;
    const timeoutMs = this.#random.between(10, 3_000);
    this.#note('item.offered', { host: ctx.host.name, item: order });
    ctx.link.request(orders, { host }, order, { timeoutMs }).then(
      (answer) => {
        if (answer !== `done ${order}`) this.#say(`order ${order} was answered with ${answer}`);
        this.#note('item.acknowledged', { host: ctx.host.name, item: order, place: host });
      },
      () => this.#note('order.failed', { host: ctx.host.name, order }),
    );
  }

  #beat(ctx: PluginContext): void {
    const host = this.#random.pick(this.#others(ctx));
    const beat = String(this.#number());
    this.#beaten.add(`${ctx.host.name}>${host} ${beat}`);
    ctx.link.beat(pulse, { host }, beat);
  }

  /** What the sender hears must be true at that very moment: on the receiver's disk. */
  #checkDelivered(from: string, to: string, upTo: number): void {
    const wanted = this.all.get(from)?.facts()[upTo - 1];
    const there = this.taken.get(to)?.facts() ?? [];
    // Told late of few, it is near the end.
    if (wanted !== undefined && there.findLast((taken) => taken.n === wanted.n)) return;
    this.#say(`${from} was told that ${to} has record ${upTo}, which is not so`);
  }

  #others(ctx: PluginContext): readonly string[] {
    return this.#hosts.filter((host) => host !== ctx.host.name);
  }

  #number(): number {
    this.#next += 1;
    return this.#next;
  }

  #note(kind: string, fields: HistoryFields): void {
    this.#world.history.record(kind, fields);
  }

  #say(problem: string): void {
    this.#world.problem(problem);
  }
}

function nameOf(origin: string, n: number): string {
  return `${origin}/${n}`;
}

/** What stands in a log on a host's disk, read past the plugin. The log must never be trimmed. */
export class DiskReader {
  readonly #world: World;
  readonly #host: string;
  readonly #log: string;
  readonly #facts: Fact[] = [];

  constructor(world: World, host: string, log: string) {
    this.#world = world;
    this.#host = host;
    this.#log = log;
  }

  /** All records, oldest first: number n stands at place n - 1. */
  facts(): readonly Fact[] {
    const log = this.#world.host(this.#host).disk.file(ID).state.log(this.#log);
    if (log.bounds().last > this.#facts.length) {
      const limits = { maxRecords: 1_000_000, maxBytes: 100_000_000 };
      const fresh = log.read(this.#facts.length, limits);
      this.#facts.push(...fresh.map((entry) => fact.decode(entry.value)));
    }
    return this.#facts;
  }
}
