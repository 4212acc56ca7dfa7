import {
  candidatesOf,
  checked,
  type DomainName,
  type Epoch,
  epochSchema,
  isLaterEpoch,
  type VotersStatus,
  votersOf,
  type WorkstationName,
} from '@ftctl/plan';
import { type BeatChannel, describeError, json, type Table, type Timer } from '@ftctl/sdk';
import { readSwitchMessage } from './core/switcher/messages.ts';
import { Switcher } from './core/switcher/switcher.ts';
import type {
  StoredRow,
  SwitcherInput,
  SwitcherRun,
  SwitcherState,
  SwitcherStep,
} from './core/switcher/types.ts';
import { allVoters } from './core/switcher/voters.ts';
import type { Desk, Roles } from './desk.ts';
import { storedRowSchema } from './switching-rows.ts';

const TICK_MS = 75;

/** Read and checked where it comes in, so that a wrong one is told with its sender. */
export const switchBeats: BeatChannel<unknown> = {
  name: 'switch',
  codec: json('a vote', (value) => value),
};

type Place = Pick<Desk, 'ctx' | 'tree' | 'self' | 'domain' | 'workstationAt'>;

/** `input` without the time, which is given to it here. */
type Timeless<I> = I extends SwitcherInput ? Omit<I, 'nowMs'> : never;

interface Seat {
  readonly switcher: Switcher;
  state: SwitcherState;
  /** What is on disk: obeyed by everything else. */
  epoch: Epoch;
}

export interface SwitchingHooks {
  /** Something about roles is other than before; all of it is on disk. */
  changed(domain: DomainName): void;
  /** What a switch came to, for takeover and operator. */
  run(domain: DomainName, run: SwitcherRun): void;
  /** A commit was refused by the disk. */
  broken(why: string): void;
}

/**
 * The switchers of all domains that this workstation has to do with: its own,
 * the one above, those below, and those on whose manager it votes. Of other
 * domains it knows the epochs that events tell.
 */
export class Switching implements Roles {
  readonly #place: Place;
  readonly #hooks: SwitchingHooks;
  readonly #seats = new Map<DomainName, Seat>();
  readonly #rows: Table<StoredRow>;
  readonly #heard: Table<Epoch>;
  readonly #others = new Map<DomainName, Epoch>();
  #tail: Promise<void> = Promise.resolve();
  #underWay = 0;
  #timer: Timer | undefined;
  #wasActing = false;
  /** Somebody was told that the lease had run out, and may have given up what it was at: it begins again, also when the lease is back by then. */
  #hasLapsed = false;
  #stopped = false;

  constructor(place: Place, hooks: SwitchingHooks) {
    this.#place = place;
    this.#hooks = hooks;
    const { store } = place.ctx;
    this.#rows = store.table(
      'switchers',
      json('a switcher', (row) => checked(storedRowSchema, row)),
    );
    this.#heard = store.table(
      'epochs',
      json('an epoch', (row) => checked(epochSchema, row)),
    );
    for (const [domain, epoch] of this.#heard.entries()) this.#others.set(domain, epoch);
  }

  /**
   * Opens the seats, with what is on disk.
   *
   * @param demgr as `start --demgr`
   * @param named domains that have named this workstation as a voter since the topology was written
   */
  async start(demgr = false, named: readonly DomainName[] = []): Promise<void> {
    for (const domain of [...this.#domains(), ...named]) this.#sit(domain, demgr);
    await this.#tail;
    this.#tick();
  }

  voteOn(domain: DomainName): void {
    if (!this.#stopped) this.#sit(domain);
  }

  votersOf(domain: DomainName): VotersStatus | undefined {
    const voters = this.#seats.get(domain)?.state.row.voters;
    if (voters === undefined || voters.version.n === 0) return undefined;
    return { v: voters.version, voters: allVoters(voters) };
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  managerOf(domain: DomainName): WorkstationName {
    return this.epochOf(domain).owner;
  }

  epochOf(domain: DomainName): Epoch {
    const known = this.#seats.get(domain)?.epoch ?? this.#others.get(domain);
    return known ?? this.#place.tree.firstEpoch(domain);
  }

  acting(): boolean {
    const { domain, ctx, self } = this.#place;
    const seat = this.#seats.get(domain);
    if (seat === undefined || seat.epoch.owner !== self) return false;
    const mayAct = seat.switcher.mayAct(seat.state, ctx.clock.monotonic());
    if (!mayAct && this.#wasActing) this.#hasLapsed = true;
    return mayAct;
  }

  /** Why this workstation, which owns its domain's epoch, does not act; undefined when it is not isolated. */
  get isolation(): string | undefined {
    return this.#seats.get(this.#place.domain)?.state.isolation?.why;
  }

  epochs(): Readonly<Record<DomainName, Epoch>> {
    const all = [...this.#seats].map(([domain, { epoch }]) => [domain, epoch] as const);
    return Object.fromEntries([...this.#others, ...all]);
  }

  async heard(domain: DomainName, epoch: Epoch): Promise<void> {
    if (!this.#place.tree.topology.domains.has(domain)) return;
    if (!isLaterEpoch(epoch, this.epochOf(domain))) return;
    if (this.#seats.has(domain)) {
      this.#give(domain, { kind: 'heard', epoch });
      await this.#tail;
      return;
    }
    try {
      await this.#place.ctx.store.commit((tx) => tx.put(this.#heard, domain, epoch));
    } catch (error) {
      this.#hooks.broken(describeError(error));
      return;
    }
    if (!isLaterEpoch(epoch, this.epochOf(domain))) return;
    this.#others.set(domain, epoch);
    this.#hooks.changed(domain);
  }

  /** An input for the workstation's own domain, or another one it sits on. */
  give(domain: DomainName, input: Timeless<SwitcherInput>): void {
    this.#give(domain, input);
  }

  /** What `switchmgr --dry-run` shows; ask first, so that whoever is there has been heard. */
  forecast(domain: DomainName): ReturnType<Switcher['whatWouldHappen']> | undefined {
    const seat = this.#seats.get(domain);
    return seat?.switcher.whatWouldHappen(seat.state, this.#place.ctx.clock.monotonic());
  }

  receive(value: unknown, host: string): void {
    const from = this.#place.workstationAt(host);
    if (from === undefined || this.#stopped) return;
    try {
      const message = readSwitchMessage(value, from);
      if (this.#seats.has(message.domain)) {
        this.#give(message.domain, { kind: 'message', from, message });
      }
    } catch (error) {
      this.#place.ctx.log.warn(describeError(error));
    }
  }

  /** The own domain, its neighbours for what runs the domain, and where this workstation votes. */
  #domains(): ReadonlySet<DomainName> {
    const { tree, domain, self } = this.#place;
    const domains = new Set([domain]);
    const parent = tree.parentOf(domain);
    if (tree.workstation(self).fullStatus) {
      if (parent !== undefined) domains.add(parent);
      for (const { name } of tree.childrenOf(domain)) domains.add(name);
    }
    for (const name of tree.topology.domains.keys()) {
      if (votersOf(tree, name).includes(self)) domains.add(name);
    }
    return domains;
  }

  #sit(domain: DomainName, demgr = false): void {
    if (this.#seats.has(domain)) return;
    const { ctx, self, tree } = this.#place;
    const switcher = new Switcher({
      domain,
      me: self,
      core: tree.coreOf(domain),
      candidates: candidatesOf(tree, domain),
      firstEpoch: tree.firstEpoch(domain),
      voters: votersOf(tree, domain),
      automatic: tree.domain(domain).automaticSwitch,
    });
    const row = this.#rows.get(domain);
    const step = switcher.start({
      nowMs: ctx.clock.monotonic(),
      life: ctx.random.id(),
      incarnation: ctx.store.incarnation,
      ...(row === undefined ? {} : { row }),
      ...(demgr ? { demgr } : {}),
    });
    const seat = { switcher, state: step.state, epoch: step.state.row.epoch };
    this.#seats.set(domain, seat);
    this.#carryOut(domain, seat, step);
  }

  #tick(): void {
    if (this.#stopped) return;
    this.#timer = this.#place.ctx.clock.setTimer(TICK_MS, () => this.#tick());
    for (const domain of this.#seats.keys()) this.#give(domain, { kind: 'tick' });
    this.#lookAtLease();
  }

  /** A lease begins and ends by time alone. */
  #lookAtLease(): void {
    const acting = this.acting();
    if (acting === this.#wasActing && !this.#hasLapsed) return;
    this.#wasActing = acting;
    this.#hasLapsed = false;
    this.#hooks.changed(this.#place.domain);
  }

  #give(domain: DomainName, input: Timeless<SwitcherInput>): void {
    const seat = this.#seats.get(domain);
    if (seat === undefined || this.#stopped) return;
    const nowMs = this.#place.ctx.clock.monotonic();
    const step = seat.switcher.step(seat.state, { ...input, nowMs } as SwitcherInput);
    seat.state = step.state;
    this.#carryOut(domain, seat, step);
  }

  /** What a step sends and runs waits for its row, and for those of the steps before it. */
  #carryOut(domain: DomainName, seat: Seat, step: SwitcherStep): void {
    const { ctx } = this.#place;
    const [change] = step.commit;
    if (change === undefined && this.#underWay === 0) {
      this.#effects(domain, step);
      return;
    }
    this.#underWay += 1;
    const stored =
      change === undefined
        ? Promise.resolve()
        : ctx.store.commit((tx) => tx.put(this.#rows, domain, change.row));
    this.#tail = this.#tail
      .then(() => stored)
      .then(
        () => {
          this.#underWay -= 1;
          if (this.#stopped) return;
          if (change !== undefined) seat.epoch = change.row.epoch;
          this.#effects(domain, step);
          this.#lookAtLease();
        },
        (error: unknown) => {
          this.#underWay -= 1;
          this.#hooks.broken(describeError(error));
        },
      );
    // A commit that is refused while an earlier one is waited for is told once, above.
    stored.catch(() => undefined);
  }

  #effects(domain: DomainName, { thenSend, thenRun }: SwitcherStep): void {
    const { ctx, tree } = this.#place;
    for (const { to, message } of thenSend) {
      const { node } = tree.workstation(to);
      if (node !== undefined) ctx.link.beat(switchBeats, { host: node }, message);
    }
    for (const run of thenRun) {
      this.#hooks.run(domain, run);
      if (run.kind === 'adopted' || run.kind === 'demoted' || run.kind === 'claimed') {
        this.#hooks.changed(domain);
      }
    }
  }
}
