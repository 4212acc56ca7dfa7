import type { SwitchMessage } from '../../src/core/switcher/messages.ts';
import { Switcher } from '../../src/core/switcher/switcher.ts';
import type {
  StoredRow,
  SwitcherInput,
  SwitcherRun,
  SwitcherState,
  SwitcherStep,
} from '../../src/core/switcher/types.ts';
import { configuredVoters } from '../../src/core/switcher/voters.ts';
import type { Network } from './network.ts';

export type Asked = SwitcherInput extends infer I
  ? I extends SwitcherInput
    ? Omit<I, 'nowMs'>
    : never
  : never;

export interface BootOptions {
  readonly demgr?: boolean;
}

/** Most datagrams that wait for a paused process. */
const MAX_WAITING = 200;

/** A workstation with its disk, its clock, and a process that may crash or be paused. */
export class SimulatedWorkstation {
  readonly name: string;
  readonly switcher: Switcher;
  disk: StoredRow | undefined;
  /** An older state of the disk, to be restored. */
  backup: StoredRow | undefined;
  state: SwitcherState | undefined;
  /** Number of the process, 0 while none runs. */
  life = 0;
  paused = false;
  /** Numbers of epochs for which it did gather and replay. */
  readonly replayed = new Set<number>([0]);
  /** How long commits take at most. */
  commitMs = 8;
  readonly #network: Network;
  readonly #rate: number;
  readonly #tickMs: number;
  #stores = 1;
  #offsetMs = 0;
  #lives = 0;
  #pending: SwitcherStep[] = [];
  #flushing = false;
  #waiting: (() => void)[] = [];

  constructor(network: Network, name: string) {
    const { random, options } = network;
    this.#network = network;
    this.name = name;
    this.switcher = new Switcher({ ...options.domain, me: name });
    this.#rate = 1 + (random.float() * 2 - 1) * (options.drift ?? 0.05);
    this.#tickMs = options.tickMs ?? 50 + random.float() * 50;
    if (options.fresh) return;
    this.disk = {
      incarnation: 'store 1',
      epoch: options.domain.firstEpoch,
      opened: name === options.domain.firstEpoch.owner,
      forced: false,
      claimed: 0,
      voters: configuredVoters(options.domain.voters),
      learned: true,
      isNew: false,
    };
  }

  get clockMs(): number {
    return this.#network.nowMs * this.#rate + this.#offsetMs;
  }

  get acts(): boolean {
    return this.state !== undefined && this.switcher.mayAct(this.state, this.clockMs);
  }

  boot({ demgr = false }: BootOptions = {}): void {
    const network = this.#network;
    this.life = ++this.#lives;
    this.paused = false;
    // The machine may have started as well: its clock begins anywhere.
    if (network.random.chance(0.5)) this.#offsetMs = network.random.float() * 1e6;
    network.trace(`${this.name} starts${demgr ? ' demgr' : ''}`);
    const step = this.switcher.start({
      nowMs: this.clockMs,
      life: `${this.name}.${this.life}`,
      ...(this.disk === undefined ? {} : { row: this.disk }),
      incarnation: `store ${this.#stores}`,
      demgr,
    });
    this.#take(
      network.options.bugs?.restartedVoterGrants
        ? { ...step, state: { ...step.state, grant: undefined } }
        : step,
    );
    this.#tickLater(this.life, network.random.float() * this.#tickMs);
  }

  /** Loses the process, and of the commits under way all but a first part. */
  crash(): void {
    const { random } = this.#network;
    this.#network.trace(`${this.name} crashes`);
    const written = random.int(this.#pending.length + 1);
    for (const step of this.#pending.slice(0, written)) this.#write(step);
    this.#pending = [];
    this.#flushing = false;
    this.#waiting = [];
    this.life = 0;
    this.paused = false;
    this.state = undefined;
  }

  /** With a backup it is put back, as old as it is. The process must not run. */
  loseStore(fromBackup: boolean): void {
    this.disk = fromBackup ? this.backup : undefined;
    this.#stores += 1;
  }

  pause(): void {
    this.#network.trace(`${this.name} is paused`);
    this.paused = this.life > 0;
  }

  resume(): void {
    if (!this.paused) return;
    this.#network.trace(`${this.name} goes on`);
    this.paused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one();
  }

  deliver(from: string, message: SwitchMessage): void {
    if (this.life === 0) return;
    if (this.#network.tracing && !['renew', 'grant', 'known'].includes(message.kind)) {
      const { kind, domain: _, voters: __, ...rest } = message;
      this.#network.trace(`${this.name} < ${from} ${kind} ${JSON.stringify(rest)}`);
    }
    const late = this.#network.options.bugs?.leaseFromAnswer === true;
    this.#whenAwake(() => {
      const answers = message.kind === 'grant' || message.kind === 'promise';
      const seen = late && answers ? { ...message, atMs: this.clockMs } : message;
      this.#step({ kind: 'message', from, message: seen, nowMs: this.clockMs });
    });
  }

  /** An input now; nothing when no process runs. */
  give(input: Asked): void {
    if (this.state === undefined) return;
    if (this.paused) {
      this.#whenAwake(() => this.give(input));
      return;
    }
    if (this.#network.tracing && input.kind !== 'message' && input.kind !== 'tick') {
      this.#network.trace(`${this.name} ${JSON.stringify(input)}`);
    }
    this.#step({ ...input, nowMs: this.clockMs } as SwitcherInput);
  }

  #step(input: SwitcherInput): void {
    if (this.state !== undefined) this.#take(this.switcher.step(this.state, input));
  }

  #whenAwake(run: () => void): void {
    if (!this.paused) run();
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(run);
  }

  #tickLater(life: number, inMs: number): void {
    this.#network.at(this.#network.nowMs + inMs, () => {
      if (life !== this.life) return;
      if (!this.paused) this.#step({ kind: 'tick', nowMs: this.clockMs });
      this.#tickLater(life, this.#tickMs / this.#rate);
    });
  }

  #take(step: SwitcherStep): void {
    this.state = step.state;
    this.#network.watcher.stepped(this);
    this.#pending.push(step);
    this.#flush(this.life);
  }

  /** Carries steps out in their order, each once its commit is on disk. */
  #flush(life: number): void {
    while (!this.#flushing && this.#pending.length > 0) {
      const step = this.#pending[0] as SwitcherStep;
      if (step.commit.length === 0) {
        this.#pending.shift();
        this.#carryOut(step, life);
        continue;
      }
      this.#flushing = true;
      const { random } = this.#network;
      this.#network.at(this.#network.nowMs + 1 + random.float() * this.commitMs, () => {
        if (life !== this.life) return;
        this.#pending.shift();
        this.#write(step);
        // The disk goes on while a process is paused; the process hears of it later.
        this.#whenAwake(() => {
          this.#flushing = false;
          this.#carryOut(step, life);
          this.#flush(life);
        });
      });
    }
  }

  #write({ commit }: SwitcherStep): void {
    const bugs = this.#network.options.bugs;
    for (const { row } of commit) {
      const before = this.disk;
      let next = row;
      if (bugs?.voteNotStored) {
        const { promised: _, ...rest } = next;
        next = rest;
      }
      if (bugs?.epochNotStored && before !== undefined && row.epoch.owner !== this.name) {
        next = { ...next, epoch: before.epoch };
      }
      this.backup ??= this.disk;
      this.disk = next;
    }
  }

  #carryOut(step: SwitcherStep, life: number): void {
    if (life !== this.life) return;
    const network = this.#network;
    for (const { to, message } of step.thenSend) {
      network.watcher.sent(this, message);
      network.send(this.name, to, message);
    }
    for (const run of step.thenRun) this.#run(run, life);
  }

  #run(run: SwitcherRun, life: number): void {
    const network = this.#network;
    network.trace(`${this.name} ! ${JSON.stringify(run)}`);
    network.watcher.ran(this, run);
    network.onRun(this.name, run);
    if (run.kind !== 'claimed') return;
    // Gather and replay.
    network.at(network.nowMs + 5 + network.random.float() * 60, () => {
      if (life !== this.life) return;
      this.replayed.add(run.epoch.number);
      this.give({ kind: 'opened', epoch: run.epoch });
    });
  }
}
