import {
  type Command,
  type CommandOutcome,
  type Definitions,
  type DomainName,
  type Epoch,
  isLaterPlan,
  type Message,
  NO_PLAN,
  NO_VERSION,
  type PlanEvent,
  type WorkstationName,
} from '@ftctl/plan';
import {
  describeError,
  type Health,
  isFtError,
  type Peer,
  type Seq,
  type StreamBatch,
  type Timer,
  type Transaction,
} from '@ftctl/sdk';
import {
  BLOCK_MARKS,
  type BoxPage,
  type BoxQuestion,
  type CounterBlock,
  type CounterQuestion,
  type MarksReport,
  marksRequest,
  type OpenAnswer,
  type OpenQuestion,
  type SnapshotPage,
  type SnapshotQuestion,
} from './channels.ts';
import type { Connection } from './core/connections.ts';
import type { Envelope } from './core/envelope.ts';
import { parseOrigin } from './core/origin.ts';
import { Custody } from './custody.ts';
import { type Desk, isCore, isEnhanced } from './desk.ts';
import { Ftboxes } from './ftboxes.ts';
import { Initialiser } from './initialiser.ts';
import { Intake } from './intake.ts';
import { intakeErrors } from './intake-errors.ts';
import type { JobRunner } from './io/jobs/job-runner.ts';
import { makeNextPlan } from './jnextday.ts';
import { Mailman } from './mailman.ts';
import { Replay } from './replay.ts';
import { Requests } from './requests.ts';
import { Roads } from './roads.ts';
import { Scheduling } from './scheduling.ts';
import { Sessions } from './sessions.ts';
import { Shipping } from './shipping.ts';
import { Snapshots } from './snapshots.ts';
import { type Identity, ONLY, type StoreSizes } from './stores.ts';
import { Takeover } from './takeover.ts';
import { Turnover } from './turnover.ts';

const REPORT_MS = 1_000;
/** Before the links as they are now are told: several changes are told at once. */
const LINKS_SETTLE_MS = 300;

export interface WorkstationOptions {
  readonly identity: Identity;
  readonly runner: JobRunner;
  readonly sizes: StoreSizes;
  /** The disk refused a commit: memory is ahead of it, so all begins anew from the disk. */
  readonly onBroken: (why: string) => void;
  /** What a site runs each day, where it is known. */
  readonly definitions: () => Definitions | undefined;
  /** `enable switch fault tolerance`, from the next plan on. */
  readonly switchFaultTolerance: boolean;
  readonly utcOffsetMinutes: () => number;
}

/** One workstation over its store: from a start, or a disk that works again, to the next. */
export class Workstation {
  readonly desk: Desk;
  readonly mailman: Mailman;
  readonly roads: Roads;
  readonly boxes: Ftboxes;
  readonly sessions: Sessions;
  readonly shipping: Shipping;
  readonly replay: Replay;
  readonly snapshots: Snapshots;
  readonly initialiser: Initialiser;
  readonly intake: Intake;
  readonly turnover: Turnover;
  readonly takeover: Takeover;
  readonly requests: Requests;
  readonly custody: Custody;
  readonly scheduling: Scheduling;
  readonly options: WorkstationOptions;
  #reportTimer: Timer | undefined;
  #linksTimer: Timer | undefined;
  #initialising: string | undefined;
  #acting = false;
  #stopped = false;

  constructor(desk: Desk, options: WorkstationOptions) {
    const { identity, runner, sizes, onBroken } = options;
    this.options = options;
    this.desk = desk;
    this.roads = new Roads(desk);
    this.boxes = new Ftboxes(desk, sizes.ftboxBytes);
    this.mailman = new Mailman(desk, this.roads, this.boxes, identity);
    this.shipping = new Shipping(desk);
    this.custody = new Custody(desk, this.shipping);
    this.intake = new Intake(desk, this.mailman, {
      isOpen: (from) => this.sessions.openFrom(from),
      closed: () => this.#initialising,
    });
    this.snapshots = new Snapshots(desk, this, (reader) => this.#copyMade(reader));
    this.initialiser = new Initialiser(desk, this, {
      keeps: () => false,
      execute: () => undefined,
    });
    this.turnover = new Turnover(desk, {
      shipped: (manager) => this.#hasShipped(manager),
      isOpen: (to) => this.sessions.isOpen(to),
      fetch: (from) => this.initialiser.fetch(from, false),
      announce: (tx, plan) => this.mailman.emit(tx, { k: 'plan', plan }),
      isUnfit: (ws) => desk.book.plan.cpu(ws).s?.unfit !== undefined,
      giveUp: (ws) => desk.ctx.log.warn(`${ws} did not store the plan in time`),
      changed: () => this.#planChanged(),
      commit: (apply) => this.#commit(apply),
    });
    this.scheduling = new Scheduling(
      desk,
      { mailman: this.mailman, runner, ownLimitBytes: sizes.ownBytes },
      {
        workable: () => this.turnover.waitsFor === undefined,
        broken: (why) => onBroken(why),
      },
    );
    this.requests = new Requests(desk, this.mailman, this.scheduling, {
      jnextday: (tx) => this.#jnextday(tx),
    });
    this.takeover = new Takeover(desk, this, {
      fetch: (from) => this.initialiser.fetch(from, false),
      commit: (apply) => this.#commit(apply),
    });
    this.mailman.onMessage((tx, message) => this.#onMessage(tx, message));
    this.replay = new Replay(desk, this, {
      live: (target) => this.#roadLive(target),
      started: () => undefined,
      finished: () => undefined,
      failed: () => undefined,
      reduced: () => undefined,
    });
    this.sessions = new Sessions(desk, {
      introduce: () => this.#introduce(),
      knownOf: (ws) => this.#knownOf(ws),
      refusal: (question) => this.#refusal(question),
      accepted: (to, answer) => this.#accepted(to, answer),
      opened: (connection) => this.#opened(connection),
      closed: ({ to }) => this.#closed(to),
      changed: () => this.#linksChanged(),
    });
  }

  async start(): Promise<void> {
    await this.#commit((tx) => {
      const { own } = this.desk.stores;
      for (const reader of this.shipping.ownReaders()) {
        tx.moveCursor(own, reader, tx.position(own, reader) ?? 0);
      }
    });
    this.scheduling.start();
    this.sessions.start();
    this.#report();
  }

  stop(): void {
    this.#stopped = true;
    this.#reportTimer?.cancel();
    this.#linksTimer?.cancel();
    this.scheduling.stop();
    this.turnover.stop();
    this.replay.stop();
    this.snapshots.stop();
    this.shipping.stop();
    this.sessions.stop();
  }

  /** Cheap, for the host: what is not as it should be. */
  health(): Health {
    const { waitsFor } = this.turnover;
    const closed = this.sessions.status().filter(({ open }) => !open);
    const [first] = closed;
    if (waitsFor !== undefined) return { state: 'degraded', reason: waitsFor };
    if (first !== undefined) {
      const reason = `no connection to ${closed.map(({ to }) => to).join(', ')}: ${first.why}`;
      return { state: 'degraded', reason };
    }
    return { state: 'ok' };
  }

  /** Makes messages of this workstation, in one commit. */
  emit(events: readonly PlanEvent[]): Promise<void> {
    return this.#commit((tx) => {
      for (const event of events) this.mailman.emit(tx, event);
    });
  }

  /** Gives a request to the owner of what it changes; where it stands in the own log. */
  async ask(owner: WorkstationName, command: Command): Promise<{ message: Message; seq: Seq }> {
    return await this.#commit((tx) => {
      const message = this.mailman.emit(tx, { k: 'command', owner, command });
      return { message, seq: this.mailman.ownSeq };
    });
  }

  /** The majority is ours: everything that must be done before the role is open. */
  async takeOver(epoch: Epoch): Promise<void> {
    const startMs = this.desk.ctx.clock.monotonic();
    const { silent, pulled, missing } = await this.takeover.gather(epoch);
    const tookMs = this.desk.ctx.clock.monotonic() - startMs;
    this.desk.ctx.log.info('gathered before the switch', { silent, pulled, missing, tookMs });
  }

  /** The role is open: the whole network is told. */
  async announce(epoch: Epoch): Promise<void> {
    const { domain } = this.desk;
    await this.emit([{ k: 'epoch', domain, epoch }]);
  }

  /** What this workstation may do, or whom it obeys, has changed. */
  async rolesChanged(): Promise<void> {
    const acting = this.desk.roles.acting();
    if (this.#acting && !acting) await this.#layDown();
    this.#acting = acting;
    this.sessions.refresh();
    if (!acting) return;
    for (const to of this.sessions.out) this.#begin(to);
    this.scheduling.batchman.takeOver();
    this.scheduling.wake();
    void this.turnover.bringOut();
  }

  open(question: OpenQuestion, from: Peer): OpenAnswer {
    return this.sessions.answer(question, from);
  }

  own(tx: Transaction, batch: StreamBatch<Envelope>): void {
    this.intake.own(tx, batch);
  }

  road(tx: Transaction, batch: StreamBatch<Envelope>): void {
    this.intake.road(tx, batch);
  }

  /** After a batch is on disk. */
  taken(): void {
    this.scheduling.wake();
    this.#mend();
  }

  async counter({ domain, epoch, block }: CounterQuestion, from: Peer): Promise<CounterBlock> {
    const { roles, book } = this.desk;
    await roles.heard(domain, epoch);
    const manager = roles.managerOf(domain);
    if (this.desk.workstationAt(from.host) !== manager) {
      throw intakeErrors.NOT_MANAGER({ from: from.host, domain, manager });
    }
    const plan = book.plan.header?.plan ?? NO_PLAN;
    return { ...this.replay.answerBlock(block, BLOCK_MARKS), plan, epochs: roles.epochs() };
  }

  snapshot(question: SnapshotQuestion, from: Peer): Promise<SnapshotPage> {
    return this.snapshots.page(question, this.#workstationOf(from));
  }

  box(question: BoxQuestion, from: Peer): BoxPage {
    this.#workstationOf(from);
    return this.snapshots.boxPage(question);
  }

  async marksReport({ reached, dropped }: MarksReport): Promise<Record<string, never>> {
    for (const [target, marks] of Object.entries(reached)) {
      this.boxes.hear(target, Object.entries(marks));
    }
    this.boxes.dropped = new Set(dropped);
    await this.#commit((tx) => this.boxes.trim(tx));
    return {};
  }

  #introduce(): Omit<OpenQuestion, 'from' | 'session' | 'epochs'> {
    const { inc, nonce, lastId } = this.mailman.identity;
    const { tree } = this.desk;
    return { inc, nonce, lastId, plan: this.turnover.open, topology: tree.topology.hash };
  }

  /** Newest incarnation of a workstation that is known here, and its mark. */
  #knownOf(ws: WorkstationName): OpenAnswer['known'] {
    let newest: OpenAnswer['known'];
    for (const [origin, mark] of this.mailman.marks) {
      const parsed = parseOrigin(origin);
      if (parsed?.ws !== ws || parsed.inc < (newest?.inc ?? 0)) continue;
      newest = { inc: parsed.inc, nonce: parsed.nonce, mark };
    }
    return newest;
  }

  #refusal({ from, topology, plan }: OpenQuestion): OpenAnswer['refused'] {
    const { tree } = this.desk;
    if (topology !== tree.topology.hash) {
      const why = `another topology: ${topology.slice(0, 12)} there, ${tree.topology.hash.slice(0, 12)} here`;
      return { code: 'FT_TWS_OTHER_TOPOLOGY', why };
    }
    const own = this.turnover.plan;
    if (isLaterPlan(plan, own)) {
      this.turnover.want(plan);
      const why = `not initialised yet: has plan ${own.run} of ${plan.run}`;
      // The manager is not kept waiting: it is the one to fetch the plan from.
      const isManager = this.desk.roles.managerOf(tree.domainOf(from)) === from;
      if (isCore(this.desk) && !isManager) return { code: 'FT_TWS_NOT_INITIALISED', why };
    }
    return undefined;
  }

  #accepted(_to: WorkstationName, { plan }: OpenAnswer): boolean {
    this.turnover.want(plan);
    return true;
  }

  #onMessage(tx: Transaction, message: Message): void {
    const { event } = message;
    if (event.k === 'plan') this.turnover.heard(tx, event.plan);
    else if (event.k === 'epoch') this.#heardSoon(event.domain, event.epoch);
    else if (event.k === 'command' && event.owner === this.desk.self) {
      this.requests.execute(tx, message, event.command);
    } else if (event.k === 'answer' && event.of.ws === this.desk.self) {
      this.requests.answered(event.of, event.outcome);
    } else if (event.k === 'linked') this.#refreshSoon();
  }

  /** Not inside the commit: an epoch is stored by one of its own. */
  #heardSoon(domain: DomainName, epoch: Epoch): void {
    this.desk.ctx.clock.setTimer(0, () => {
      this.desk.roles.heard(domain, epoch).catch((error: unknown) => {
        this.options.onBroken(describeError(error));
      });
    });
  }

  /** Not inside the commit: what it decides must be on disk first. */
  #refreshSoon(): void {
    this.desk.ctx.clock.setTimer(0, () => this.sessions.refresh());
  }

  #planChanged(): void {
    this.sessions.refresh();
    this.scheduling.wake();
    void this.turnover.bringOut();
  }

  #jnextday(tx: Transaction): CommandOutcome {
    const { tree, domain, roles, self } = this.desk;
    const refused = (code: string, text: string): CommandOutcome => ({ ok: false, code, text });
    if (domain !== tree.root || !roles.acting()) {
      return refused('FT_TWS_NOT_MASTER', `${self} is not the master`);
    }
    const { waitsFor } = this.turnover;
    if (waitsFor !== undefined) return refused('FT_TWS_TURNOVER', waitsFor);
    const definitions = this.options.definitions();
    if (definitions === undefined) {
      return refused('FT_TWS_NO_DEFINITIONS', 'there is no plan file: set `plan` in the config');
    }
    const made = makeNextPlan(tx, this.desk, {
      definitions,
      switchFaultTolerance: this.options.switchFaultTolerance,
      utcOffsetMinutes: this.options.utcOffsetMinutes(),
    });
    // Not inside the commit: it must be on disk before it is offered.
    this.desk.ctx.clock.setTimer(0, () => this.#planChanged());
    const { header, streams, jobs, carried, archived } = made;
    const text = `plan ${header.plan.run}: ${streams} streams and ${jobs} jobs, ${carried} carried forward, ${archived} archived`;
    return { ok: true, text };
  }

  #hasShipped(manager: WorkstationName): boolean {
    const { tree, domain, stores } = this.desk;
    const isInDomain = tree.domainOf(manager) === domain;
    if (isInDomain) return this.shipping.ownDelivered(manager) >= stores.own.bounds().last;
    return this.shipping.roadDelivered(manager) >= stores.road(manager).bounds().last;
  }

  #opened({ to }: Connection): void {
    this.shipping.open(to);
    this.#begin(to);
    this.#mend();
  }

  #closed(to: WorkstationName): void {
    this.replay.abandon(to);
    this.shipping.close(to);
  }

  /** Brings a road to life, where this workstation is to send one. */
  #begin(to: WorkstationName): void {
    const { tree, domain, roles } = this.desk;
    if (!roles.acting()) return;
    const isOwnCore = tree.coreOf(domain).includes(to);
    if (isOwnCore && isEnhanced(this.desk)) return;
    if (!isEnhanced(this.desk)) this.shipping.openRoad(to);
    else void this.replay.begin(to).then(() => this.#beginAgain(to));
  }

  #beginAgain(to: WorkstationName): void {
    if (this.#stopped || !this.sessions.isOpen(to) || !this.desk.roles.acting()) return;
    if (!this.roads.isLive(to) && !this.replay.isUnderWay(to)) this.#begin(to);
  }

  #roadLive(target: WorkstationName): void {
    if (this.sessions.isOpen(target) && this.desk.roles.acting()) this.shipping.openRoad(target);
  }

  #copyMade(reader: WorkstationName): void {
    if (!this.sessions.isOpen(reader)) return;
    // The road begins anew behind the copy.
    this.#roadLive(reader);
  }

  /** Demoted, or without a lease: roads rest; what was on them is in the ftboxes. */
  async #layDown(): Promise<void> {
    const { domain, roles, self, stores } = this.desk;
    this.shipping.closeRoads();
    const targets = [...this.roads.live];
    this.roads.restAll();
    if (roles.managerOf(domain) === self) return;
    await this.#commit((tx) => {
      for (const target of targets) {
        this.roads.clear(tx, target);
        tx.delete(stores.replayed, target);
      }
    });
  }

  /** Asks senders of which something is missing for a copy. */
  #mend(): void {
    const [from] = this.intake.broken;
    if (from === undefined || this.#initialising !== undefined || this.#stopped) return;
    this.#initialising = `a copy of the plan is fetched from ${from}`;
    void this.#fetch(from).finally(() => {
      this.#initialising = undefined;
    });
  }

  async #fetch(from: WorkstationName): Promise<void> {
    const { log } = this.desk.ctx;
    try {
      await this.initialiser.fetch(from, false);
      await this.#commit((tx) => this.intake.mended(tx, from));
    } catch (error) {
      if (!isFtError(error)) throw error;
      log.warn(`no copy of the plan from ${from}: ${describeError(error)}`);
    }
  }

  /** Each second: how far neighbours are, and what every one of them has is let go. */
  #report(): void {
    if (this.#stopped) return;
    this.#reportTimer = this.desk.ctx.clock.setTimer(REPORT_MS, () => this.#report());
    this.#mend();
    if (!isCore(this.desk) || !this.desk.roles.acting()) return;
    for (const target of this.roads.live) {
      this.boxes.hear(target, this.roads.reached(target, this.shipping.roadDelivered(target)));
    }
    this.roads.closeMilestones();
    this.#commit((tx) => this.boxes.trim(tx)).catch((error: unknown) => {
      this.desk.ctx.log.warn(`ftboxes not trimmed: ${describeError(error)}`);
    });
    for (const to of this.desk.tree.coreOf(this.desk.domain)) {
      if (to !== this.desk.self && this.sessions.isOpen(to)) void this.#tellMarks(to);
    }
  }

  async #tellMarks(to: WorkstationName): Promise<void> {
    const { ctx, tree } = this.desk;
    const reached = Object.fromEntries(
      [...this.boxes.reached].map(([target, marks]) => [target, Object.fromEntries(marks)]),
    );
    const host = tree.workstation(to).node ?? to;
    try {
      await ctx.link.request(marksRequest, { host }, { reached, dropped: [] });
    } catch (error) {
      if (!isFtError(error)) throw error;
      ctx.log.debug(`marks not told to ${to}: ${describeError(error)}`);
    }
  }

  #linksChanged(): void {
    if (this.#linksTimer !== undefined || this.#stopped) return;
    this.#linksTimer = this.desk.ctx.clock.setTimer(LINKS_SETTLE_MS, () => {
      this.#linksTimer = undefined;
      this.#tellLinks();
    });
  }

  #tellLinks(): void {
    const { book, self } = this.desk;
    const { v, ...known } = book.plan.cpu(self).links ?? { v: NO_VERSION, out: [], in: [] };
    const { out, in: writers } = this.sessions;
    if (sameNames(known.out, out) && sameNames(known.in, writers)) return;
    const links = { v: this.mailman.nextVersion(v), out, in: writers };
    this.emit([{ k: 'links', ws: self, s: links }]).catch((error: unknown) => {
      this.desk.ctx.log.warn(`links not told: ${describeError(error)}`);
    });
  }

  #workstationOf(from: Peer): WorkstationName {
    const ws = this.desk.workstationAt(from.host);
    if (ws === undefined) throw intakeErrors.NO_SESSION({ host: from.host });
    return ws;
  }

  #commit<R>(apply: (tx: Transaction) => R): Promise<R> {
    return this.desk.ctx.store.commit((tx) => {
      const result = apply(tx);
      this.desk.book.flush(tx);
      return result;
    });
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}

/** Who this workstation is: as stored, or new. */
export async function identify({ ctx, stores }: Pick<Desk, 'ctx' | 'stores'>): Promise<Identity> {
  const known = stores.identity.get(ONLY);
  if (known !== undefined) return known;
  const fresh = { inc: 1, nonce: ctx.random.id().slice(0, 8), lastId: 0 };
  await ctx.store.commit((tx) => tx.put(stores.identity, ONLY, fresh));
  return fresh;
}
