import type { History } from '../history.ts';
import type { SimProcess } from '../process.ts';
import type { SeededRandom } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import { WireEnd, type WireListener } from './wire.ts';
import type { Introduction } from './wire-messages.ts';

/** How good the network between two hosts is, in one direction. */
export interface PathQuality {
  /** Time a packet takes, virtual milliseconds, drawn between the two. */
  readonly delayMs: readonly [number, number];
  /** Share of packets lost. On a connection a lost packet comes late; a beat is gone. */
  readonly loss: number;
  /** Share of beats that arrive twice. */
  readonly duplicate: number;
  /** Whether beats may overtake each other. */
  readonly reorder: boolean;
}

export const GOOD_PATH: PathQuality = {
  delayMs: [0.2, 2],
  loss: 0,
  duplicate: 0,
  reorder: false,
};

export interface CutOptions {
  /**
   * False (the default): connections end with a reset and new ones are refused.
   * True: packets vanish and nobody is told.
   */
  readonly silent?: boolean;
  /** Only packets from the first host to the second vanish; always silent. */
  readonly oneWay?: boolean;
}

/** How a process takes connections. */
export interface Listening {
  readonly process: SimProcess;
  /** A connection begins; answers whether it is taken. */
  accept(end: WireEnd, from: Introduction): void;
}

type Block = 'silent' | 'reset';

/** Time after which TCP sends a lost packet again; doubled with each further loss. */
const RETRANSMISSION_MS = 200;
const MAX_RETRANSMISSIONS = 6;

/** The network between the hosts of a world. Faults act on pairs of hosts, each direction by itself. */
export class SimNetwork {
  readonly scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #history: History;
  readonly #blocks = new Map<string, Block>();
  readonly #qualities = new Map<string, PathQuality>();
  readonly #listening = new Map<string, Listening>();
  readonly #hosts = new Map<string, () => boolean>();
  readonly #ends = new Set<WireEnd>();
  #quality: PathQuality;

  constructor(
    scheduler: Scheduler,
    random: SeededRandom,
    history: History,
    quality: PathQuality = GOOD_PATH,
  ) {
    this.scheduler = scheduler;
    this.#random = random;
    this.#history = history;
    this.#quality = quality;
  }

  /** Cuts what connects two hosts, until healed. Replaces an earlier cut between them. */
  cut(one: string, other: string, options: CutOptions = {}): void {
    const oneWay = options.oneWay ?? false;
    const how: Block = oneWay || options.silent === true ? 'silent' : 'reset';
    this.#history.record('net.cut', { one, other, how, oneWay });
    this.#blocks.delete(pathKey(other, one));
    this.#blocks.set(pathKey(one, other), how);
    if (!oneWay) this.#blocks.set(pathKey(other, one), how);
    if (how === 'reset') {
      for (const end of this.#between(one, other)) end.break('connection reset');
    }
  }

  /** Ends every cut between two hosts, or, without arguments, every cut there is. */
  heal(one?: string, other?: string): void {
    this.#history.record('net.heal', { one: one ?? '*', other: other ?? '*' });
    const all = one === undefined || other === undefined;
    const keys = all ? [...this.#blocks.keys()] : [pathKey(one, other), pathKey(other, one)];
    for (const key of keys) this.#blocks.delete(key);
    const ends = all ? [...this.#ends] : this.#between(one, other);
    for (const end of ends) end.healed();
  }

  /** Sets the quality of the path between two hosts in both directions, or of every path. */
  setQuality(quality: Partial<PathQuality>, one?: string, other?: string): void {
    if (one === undefined || other === undefined) {
      this.#quality = { ...this.#quality, ...quality };
      this.#qualities.clear();
      return;
    }
    for (const key of [pathKey(one, other), pathKey(other, one)]) {
      this.#qualities.set(key, { ...(this.#qualities.get(key) ?? this.#quality), ...quality });
    }
  }

  /** Whether a path is cut, and how. */
  blocked(from: string, to: string): Block | undefined {
    return this.#blocks.get(pathKey(from, to));
  }

  /** Makes a host known; `powered` says whether its machine answers at all. */
  addHost(name: string, powered: () => boolean): void {
    this.#hosts.set(name, powered);
  }

  /** Whether the directory has such a host. */
  knows(host: string): boolean {
    return this.#hosts.has(host);
  }

  listen(listening: Listening): void {
    const key = `${listening.process.host}/${listening.process.plugin}`;
    this.#listening.set(key, listening);
    listening.process.onDeath(() => {
      if (this.#listening.get(key) === listening) this.#listening.delete(key);
      this.#closeAll(listening.process);
    });
  }

  /** Opens a connection. The listener hears `welcome`, `refuse`, or that it is closed, or nothing. */
  connect(
    from: SimProcess,
    introduction: Introduction,
    to: { readonly host: string; readonly plugin: string },
    listener: WireListener,
  ): WireEnd {
    const end = new WireEnd(this, from, listener);
    this.#ends.add(end);
    const refuse = () => end.break(`${to.host} refuses connections`);
    if (this.blocked(from.host, to.host) === 'reset') {
      this.scheduler.after(this.packetDelay(from.host, to.host), `net:${from.host}`, refuse);
      return end;
    }
    this.#knock(end, introduction, to, refuse);
    return end;
  }

  /** Time a packet takes on a connection, with what TCP adds for losses. */
  packetDelay(from: string, to: string): number {
    const { delayMs, loss } = this.#qualityOf(from, to);
    let delay = this.#random.between(...delayMs);
    for (let tries = 0; tries < MAX_RETRANSMISSIONS && this.#random.chance(loss); tries += 1) {
      delay += RETRANSMISSION_MS * 2 ** tries;
    }
    return delay;
  }

  /** When the copies of a beat arrive: none, one or two. */
  beatDelays(from: string, to: string): readonly number[] {
    const { delayMs, loss, duplicate } = this.#qualityOf(from, to);
    if (this.#random.chance(loss)) return [];
    const copies = this.#random.chance(duplicate) ? 2 : 1;
    return Array.from({ length: copies }, () => this.#random.between(...delayMs));
  }

  overtakes(from: string, to: string): boolean {
    return this.#qualityOf(from, to).reorder;
  }

  forget(end: WireEnd): void {
    this.#ends.delete(end);
  }

  /** The first packet: retried by the kernel for as long as the dialler waits. */
  #knock(
    end: WireEnd,
    introduction: Introduction,
    to: { readonly host: string; readonly plugin: string },
    refuse: () => void,
  ): void {
    const from = end.process.host;
    this.scheduler.after(this.packetDelay(from, to.host), `net:${to.host}`, () => {
      if (!end.open) return;
      const silent =
        this.blocked(from, to.host) !== undefined ||
        this.blocked(to.host, from) !== undefined ||
        this.#hosts.get(to.host)?.() !== true;
      if (silent) {
        this.scheduler.after(RETRANSMISSION_MS * 5, `net:${to.host}`, () => {
          if (end.open && end.process.alive) this.#knock(end, introduction, to, refuse);
        });
        return;
      }
      const listening = this.#listening.get(`${to.host}/${to.plugin}`);
      if (listening === undefined) refuse();
      else this.#accept(end, introduction, listening);
    });
  }

  #accept(end: WireEnd, introduction: Introduction, listening: Listening): void {
    const far = new WireEnd(this, listening.process);
    this.#ends.add(far);
    WireEnd.join(end, far);
    listening.process.enter('delivery', () => {
      if (far.open) listening.accept(far, introduction);
    });
  }

  /** The kernel of a machine that still runs closes what a dead process had open. */
  #closeAll(process: SimProcess): void {
    const powered = this.#hosts.get(process.host)?.() === true;
    for (const end of [...this.#ends]) {
      if (end.process !== process) continue;
      if (powered) end.close('the process at the other end has died');
      else end.vanish();
    }
  }

  #between(one: string, other: string): WireEnd[] {
    return [...this.#ends].filter((end) => {
      const pair = [end.process.host, end.otherHost];
      return pair.includes(one) && pair.includes(other);
    });
  }

  #qualityOf(from: string, to: string): PathQuality {
    return this.#qualities.get(pathKey(from, to)) ?? this.#quality;
  }
}

function pathKey(from: string, to: string): string {
  return `${from}>${to}`;
}
