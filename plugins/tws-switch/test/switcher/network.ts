import type { SeededRandom } from '@ftctl/sim';
import type { SwitchMessage } from '../../src/core/switcher/messages.ts';
import { readSwitchMessage } from '../../src/core/switcher/messages.ts';
import type { SwitcherConfig, SwitcherRun } from '../../src/core/switcher/types.ts';
import { EventHeap } from './event-heap.ts';
import { Watcher } from './watcher.ts';
import { SimulatedWorkstation } from './workstation.ts';

/** Mistakes built in by the driver, to see that the checkers find them. The code under test has none of it. */
export interface PlantedBugs {
  /** The disk loses what was promised. */
  readonly voteNotStored?: boolean;
  /** The disk loses epochs learnt from others. */
  readonly epochNotStored?: boolean;
  /** A lease counts from the answer instead of the request. */
  readonly leaseFromAnswer?: boolean;
  /** A restarted voter forgets that it may have granted. */
  readonly restartedVoterGrants?: boolean;
}

export interface NetworkOptions {
  readonly domain: Omit<SwitcherConfig, 'me'>;
  readonly workstations: readonly string[];
  readonly bugs?: PlantedBugs;
  /** Each message goes through its text and the reader of messages, as on a real wire. */
  readonly asText?: boolean;
  /** Largest error of clocks, 0.05 by default. */
  readonly drift?: number;
  /** Length of ticks; without it each workstation has its own from 50 to 100 ms. */
  readonly tickMs?: number;
  /** Hosts begin as a new network instead of one that has learned. */
  readonly fresh?: boolean;
}

export interface Quality {
  readonly loss: number;
  readonly duplication: number;
  /** Share of messages that come up to 4 s late, so that others overtake them. */
  readonly late: number;
}

export const GOOD: Quality = { loss: 0, duplication: 0, late: 0 };

/** Workstations of one domain in virtual time, with a network and disks that may fail. */
export class Network {
  readonly random: SeededRandom;
  readonly options: NetworkOptions;
  readonly watcher: Watcher;
  readonly workstations = new Map<string, SimulatedWorkstation>();
  readonly log: string[] = [];
  tracing = false;
  quality: Quality = GOOD;
  readonly #events = new EventHeap();
  #cuts = new Map<string, number>();
  nowMs = 0;
  messages = 0;
  /** Called with all that a workstation runs. */
  onRun: (workstation: string, run: SwitcherRun) => void = () => undefined;

  constructor(random: SeededRandom, options: NetworkOptions) {
    this.random = random;
    this.options = options;
    this.watcher = new Watcher(this);
    for (const name of options.workstations) {
      this.workstations.set(name, new SimulatedWorkstation(this, name));
    }
    for (const one of this.workstations.values()) one.boot();
  }

  get all(): readonly SimulatedWorkstation[] {
    return [...this.workstations.values()];
  }

  get(name: string): SimulatedWorkstation {
    const found = this.workstations.get(name);
    if (found === undefined) throw new Error(`no workstation ${name}`);
    return found;
  }

  at(atMs: number, run: () => void): void {
    this.#events.push(Math.max(atMs, this.nowMs), run);
  }

  run(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    while (this.#events.nextMs <= untilMs) {
      this.nowMs = this.#events.nextMs;
      this.#events.pop()?.();
    }
    this.nowMs = untilMs;
  }

  /** Runs until `done` holds; false when it did not within the bound. */
  until(done: () => boolean, boundMs: number): boolean {
    const untilMs = this.nowMs + boundMs;
    while (!done()) {
      if (this.#events.nextMs > untilMs) {
        this.nowMs = untilMs;
        return false;
      }
      this.nowMs = this.#events.nextMs;
      this.#events.pop()?.();
    }
    return true;
  }

  /** Cuts one direction; cuts add up. */
  cut(from: string, to: string): void {
    this.#cuts.set(`${from}>${to}`, (this.#cuts.get(`${from}>${to}`) ?? 0) + 1);
  }

  mendAll(): void {
    this.#cuts = new Map();
  }

  mend(from: string, to: string): void {
    const key = `${from}>${to}`;
    const left = (this.#cuts.get(key) ?? 0) - 1;
    if (left > 0) this.#cuts.set(key, left);
    else this.#cuts.delete(key);
  }

  send(from: string, to: string, message: SwitchMessage): void {
    const target = this.workstations.get(to);
    this.messages += 1;
    if (target === undefined || (this.#cuts.size > 0 && this.#cuts.has(`${from}>${to}`))) return;
    const { loss, duplication, late } = this.quality;
    const copies = duplication > 0 && this.random.chance(duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (loss > 0 && this.random.chance(loss)) continue;
      const slow = late > 0 && this.random.chance(late);
      const delayMs = slow ? this.#lateMs() : 1 + this.random.float() * 8;
      const carried = this.options.asText
        ? readSwitchMessage(JSON.parse(JSON.stringify(message)), from)
        : message;
      this.at(this.nowMs + delayMs, () => target.deliver(from, carried));
    }
  }

  #lateMs(): number {
    return this.random.float() * (this.random.chance(0.2) ? 4_000 : 1_500);
  }

  trace(text: string): void {
    if (this.tracing) this.log.push(`${this.nowMs.toFixed(1).padStart(9)} ${text}`);
  }

  /** Names of those that act at this instant. */
  acting(): readonly string[] {
    return this.all.filter((one) => one.acts).map(({ name }) => name);
  }
}
