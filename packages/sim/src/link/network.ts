import type { History } from '../history.ts';
import type { SimProcess } from '../process.ts';
import type { SeededRandom } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import {
  type Block,
  GOOD_PATH,
  type Passage,
  type PathQuality,
  Paths,
  RETRANSMISSION_MS,
} from './paths.ts';
import { WireEnd, type WireListener } from './wire.ts';
import type { Introduction } from './wire-messages.ts';

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

/** Bytes of a packet that only opens or refuses a connection. */
const SMALL_PACKET_BYTES = 60;

/** The network between the hosts of a world. Faults act on pairs of hosts, each direction by itself. */
export class SimNetwork {
  readonly scheduler: Scheduler;
  readonly #history: History;
  readonly #paths: Paths;
  readonly #listening = new Map<string, Listening>();
  readonly #hosts = new Map<string, () => boolean>();
  readonly #ends = new Set<WireEnd>();
  readonly #refusing = new Set<string>();

  constructor(
    scheduler: Scheduler,
    random: SeededRandom,
    history: History,
    quality: PathQuality = GOOD_PATH,
  ) {
    this.scheduler = scheduler;
    this.#paths = new Paths(random, quality);
    this.#history = history;
  }

  /** Cuts what connects two hosts, until healed. Replaces an earlier cut between them. */
  cut(one: string, other: string, options: CutOptions = {}): void {
    const oneWay = options.oneWay ?? false;
    const how: Block = oneWay || options.silent === true ? 'silent' : 'reset';
    this.#history.record('net.cut', { one, other, how, oneWay });
    this.#paths.unblock(other, one);
    this.#paths.block(one, other, how);
    if (!oneWay) this.#paths.block(other, one, how);
    if (how === 'reset') {
      for (const end of this.#between(one, other)) end.break('connection reset');
    }
  }

  /** Ends every cut between two hosts, or, without arguments, every cut there is. */
  heal(one?: string, other?: string): void {
    this.#history.record('net.heal', { one: one ?? '*', other: other ?? '*' });
    if (one === undefined || other === undefined) {
      this.#paths.unblockAll();
      for (const end of [...this.#ends]) end.healed();
      return;
    }
    this.#paths.unblock(one, other);
    this.#paths.unblock(other, one);
    for (const end of this.#between(one, other)) end.resume();
  }

  /**
   * Lets the open connections between two hosts stand still, as when a machine
   * on the way has forgotten them, until `unstall` or `heal()`. New ones get through.
   */
  stall(one: string, other: string): void {
    this.#history.record('net.stall', { one, other });
    for (const end of this.#between(one, other)) end.stall();
  }

  unstall(one: string, other: string): void {
    this.#history.record('net.unstall', { one, other });
    for (const end of this.#between(one, other)) end.healed();
  }

  /** Lets the ports of a host refuse new connections, or take them again. */
  refuse(host: string, refuses: boolean): void {
    if (this.#refusing.has(host) === refuses) return;
    this.#history.record('net.refuse', { host, refuses });
    if (refuses) this.#refusing.add(host);
    else this.#refusing.delete(host);
  }

  /** Ends every connection of a host with a reset; new ones get through. */
  reset(host: string): void {
    this.#history.record('net.reset', { host });
    for (const end of [...this.#ends]) {
      if (end.process.host === host || end.otherHost === host) end.break('connection reset');
    }
  }

  /**
   * Sets the quality of the path between two hosts in both directions, or with
   * `oneWay` from the first to the second alone; without hosts of every path.
   */
  setQuality(
    quality: Partial<PathQuality>,
    one?: string,
    other?: string,
    options: { readonly oneWay?: boolean } = {},
  ): void {
    if (one === undefined || other === undefined) {
      this.#paths.setAll(quality);
      return;
    }
    this.#paths.set(one, other, quality);
    if (options.oneWay !== true) this.#paths.set(other, one, quality);
  }

  /** Whether a path is cut, and how. */
  blocked(from: string, to: string): Block | undefined {
    return this.#paths.blocked(from, to);
  }

  /** Makes a host known; `powered` says whether its machine answers at all. */
  addHost(name: string, powered: () => boolean): void {
    this.#hosts.set(name, powered);
  }

  /** Whether the machine answers at all. */
  powered(host: string): boolean {
    return this.#hosts.get(host)?.() === true;
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
    return this.pass(from, to).arrivesInMs;
  }

  /** The same, with when it leaves the path free for what comes after it. */
  pass(from: string, to: string, bytes = SMALL_PACKET_BYTES): Passage {
    return this.#paths.pass(from, to, bytes, this.scheduler.now);
  }

  /** What a connection that has ended had on its way, and which is now dropped. */
  release(from: string, to: string, passages: readonly Passage[]): void {
    this.#paths.release(from, to, passages, this.scheduler.now);
  }

  /** When the copies of a beat arrive: none, one or two. */
  beatDelays(from: string, to: string, bytes: number): readonly number[] {
    return this.#paths.beatDelays(from, to, bytes, this.scheduler.now);
  }

  reorders(from: string, to: string): boolean {
    return this.#paths.reorders(from, to);
  }

  forget(end: WireEnd): void {
    this.#ends.delete(end);
    end.release();
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
        !this.powered(to.host);
      if (silent) {
        this.scheduler.after(RETRANSMISSION_MS * 5, `net:${to.host}`, () => {
          if (end.open && end.process.alive) this.#knock(end, introduction, to, refuse);
        });
        return;
      }
      const listening = this.#listening.get(`${to.host}/${to.plugin}`);
      if (listening === undefined || this.#refusing.has(to.host)) refuse();
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
    const powered = this.powered(process.host);
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
}
