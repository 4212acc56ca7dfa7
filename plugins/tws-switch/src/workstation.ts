import type {
  Command,
  Definitions,
  DomainName,
  Epoch,
  Message,
  PlanEvent,
  WorkstationName,
} from '@ftctl/plan';
import { describeError, type Seq, type Transaction } from '@ftctl/sdk';
import { Ahead } from './ahead.ts';
import type { OpenAnswer, OpenQuestion } from './channels.ts';
import { setFitness } from './core/batchman/own-cpu.ts';
import type { Connection } from './core/connections.ts';
import { Custody } from './custody.ts';
import { type Desk, isCore } from './desk.ts';
import { Dropped } from './dropped.ts';
import { Ftboxes } from './ftboxes.ts';
import { Heads } from './heads.ts';
import { HELD, Incarnation } from './incarnation.ts';
import { Initialiser } from './initialiser.ts';
import { Intake } from './intake.ts';
import type { JobRunner } from './io/jobs/job-runner.ts';
import { jnextday } from './jnextday.ts';
import { LeftBehind } from './left-behind.ts';
import { LinkState } from './link-state.ts';
import { LostAnswers } from './lost-answers.ts';
import { Mailman } from './mailman.ts';
import { Mending } from './mending.ts';
import { networkMessages } from './messages.ts';
import { OwnLog } from './own-log.ts';
import { PlanDefinitions } from './plan-definitions.ts';
import { refusalOf } from './refusing.ts';
import { Replay } from './replay.ts';
import { Reporting } from './reporting.ts';
import { Requests } from './requests.ts';
import { RoadKeeping } from './road-keeping.ts';
import { Roads } from './roads.ts';
import { Scheduling } from './scheduling.ts';
import { Sessions } from './sessions.ts';
import { Shipping } from './shipping.ts';
import { Snapshots } from './snapshots.ts';
import type { Identity } from './stores.ts';
import { Takeover } from './takeover.ts';
import {
  replayReports,
  tellCounter,
  tellFitness,
  tellGathered,
  tellPlan,
  tellRisks,
  tellVoters,
} from './telling.ts';
import { Turnover } from './turnover.ts';

export interface WorkstationOptions {
  readonly identity: Identity;
  readonly runner: JobRunner;
  /** Why this workstation must not become manager; undefined when it may. */
  readonly onFitness: (unfit: string | undefined) => void;
  /** What this host's plan file says, when it has one. */
  readonly definitions?: Definitions;
  /** `enable switch fault tolerance`, from the next plan on. */
  readonly switchFaultTolerance: boolean;
  readonly utcOffsetMinutes: () => number;
}

/** One workstation over its store: from a start, or a disk that works again, to the next. */
export class Workstation {
  readonly desk: Desk;
  readonly options: WorkstationOptions;
  readonly mailman: Mailman;
  readonly roads: Roads;
  readonly keeping: RoadKeeping;
  readonly boxes: Ftboxes;
  readonly dropped: Dropped;
  readonly shipping: Shipping;
  readonly ownLog: OwnLog;
  readonly custody: Custody;
  readonly heads: Heads;
  readonly incarnation: Incarnation;
  readonly leftBehind: LeftBehind;
  readonly intake: Intake;
  readonly snapshots: Snapshots;
  readonly definitions: PlanDefinitions;
  readonly initialiser: Initialiser;
  readonly mending: Mending;
  readonly turnover: Turnover;
  readonly scheduling: Scheduling;
  readonly requests: Requests;
  readonly takeover: Takeover;
  readonly replay: Replay;
  readonly sessions: Sessions;
  readonly lostAnswers: LostAnswers;
  readonly ahead: Ahead;
  readonly reporting: Reporting;
  readonly linkState: LinkState;
  #acting = false;
  #run = 0;
  #stopped = false;

  constructor(desk: Desk, options: WorkstationOptions) {
    const { identity, runner } = options;
    const { commit } = desk;
    const isOpen = (to: WorkstationName) => this.sessions.isOpen(to);
    const isComing = (from: WorkstationName) => this.sessions.openFrom(from);
    const fetch = async (from: WorkstationName) => void (await this.initialiser.fetch(from));
    this.desk = desk;
    this.options = options;
    this.roads = new Roads(desk);
    this.dropped = new Dropped(desk);
    this.boxes = new Ftboxes(desk, this.dropped);
    this.keeping = new RoadKeeping(desk, this);
    this.roads.onOverflow((tx, target) => this.keeping.overflowed(tx, target));
    this.mailman = new Mailman(desk, this.roads, this.boxes, identity);
    this.mailman.onMessage((tx, message) => this.#onMessage(tx, message));
    this.shipping = new Shipping(desk);
    this.ownLog = new OwnLog(desk, this, {
      isOpen,
      room: () => {
        this.linkState.changed();
        this.scheduling.wake();
      },
    });
    this.mailman.onAppended((tx) => this.ownLog.appended(tx));
    this.custody = new Custody(desk, this.shipping);
    this.heads = new Heads(desk);
    this.incarnation = new Incarnation(desk, this);
    this.leftBehind = new LeftBehind(desk, this, { isComing });
    this.intake = new Intake(desk, this, {
      isOpen: (from) => this.sessions.openFrom(from),
      broke: () => this.mending.look(),
      closed: () => this.mending.underWay,
    });
    this.snapshots = new Snapshots(desk, this, {
      announced: () => this.turnover.announced,
      made: (reader) => this.keeping.live(reader),
    });
    this.definitions = new PlanDefinitions(desk, options.definitions);
    this.initialiser = new Initialiser(desk, this, {
      // By an old copy much seems to run that others know to have ended.
      keeps: (key) => !this.incarnation.learning && this.scheduling.batchman.keeps(key),
      execute: (tx, message, command) => this.requests.execute(tx, message, command),
      announced: (tx, plan) => this.turnover.heard(tx, plan),
      isVoid: () => this.turnover.isVoid,
      forgotten: (known) => this.#renew(known),
      taken: (tx, parts) => this.scheduling.heardCopy(tx, parts),
    });
    this.mending = new Mending(desk, this, {
      isOpen,
      isAway: (ws, afterMs) => this.sessions.isAway(ws, afterMs),
      neighbours: () => this.sessions.neighbours,
      commit,
      learned: (tx, heard) => this.#learned(tx, heard),
      changed: () => this.#fitnessChanged(),
    });
    this.turnover = new Turnover(desk, {
      shipped: (manager) => this.shipping.hasShipped(manager),
      isOpen,
      fetch,
      announce: (tx, plan) => this.mailman.emit(tx, { k: 'plan', plan }),
      isUnfit: (ws) => desk.book.plan.cpu(ws).s?.unfit !== undefined,
      // It may be told inside a commit, in which no other may begin.
      changed: () => desk.ctx.clock.setTimer(0, () => this.#planChanged()),
      commit,
    });
    this.scheduling = new Scheduling(desk, this, runner, {
      workable: () => this.turnover.waitsFor === undefined && !this.incarnation.learning,
      learning: () => this.incarnation.learning,
      mayLaunch: () => this.ownLog.mayLaunch,
      isOpen: (ws) => this.sessions.isOpen(ws),
      isAway: (ws) => this.sessions.isAway(ws),
    });
    this.requests = new Requests(desk, this.mailman, this.scheduling, {
      jnextday: (tx) => jnextday(tx, this, () => this.#planChanged()),
      learning: () => this.incarnation.learning,
    });
    this.takeover = new Takeover(desk, this, { fetch, commit, isComing, isOpen });
    this.mailman.onRenewal((ws) => desk.ctx.clock.setTimer(0, () => this.keeping.renewed(ws)));
    this.replay = new Replay(desk, this, {
      live: (target) => this.keeping.live(target),
      ...replayReports(desk.ctx.messages),
    });
    this.linkState = new LinkState(
      desk,
      this.mailman,
      () => this.sessions,
      // When it cannot be stored, the workstation begins anew and tells it then.
      (event) => {
        if (!this.ownLog.isFull) void this.emit([event]).catch(() => undefined);
      },
    );
    this.sessions = new Sessions(desk, {
      introduce: () => this.#introduce(),
      knownOf: (ws, nonce) => this.incarnation.knownOf(ws, nonce),
      stored: () => this.turnover.stored,
      hasPlan: (plan, ws) => this.turnover.want(plan, ws),
      refusal: (question) => refusalOf(this, question),
      accepted: (to, answer) => this.#accepted(to, answer),
      opened: (connection) => this.#opened(connection),
      closed: ({ to }) => this.#closed(to),
      changed: () => this.linkState.changed(),
    });
    this.lostAnswers = new LostAnswers(desk, this.mailman, { isOpen });
    this.ahead = new Ahead(desk, this, { isOpen, fetch });
    this.reporting = new Reporting(desk, this, {
      commit,
      missed: (ws) => this.initialise(ws),
    });
  }

  async start(): Promise<void> {
    await this.desk.commit((tx) => this.shipping.keepReaders(tx));
    tellCounter(this.desk, this.mailman.marks.size);
    this.boxes.onRisk((risks) => tellRisks(this.desk, risks));
    this.#run = this.turnover.plan.run;
    await this.scheduling.start();
    this.sessions.start();
    this.reporting.start();
    this.#fitnessChanged();
  }

  stop(): void {
    this.#stopped = true;
    this.linkState.stop();
    this.reporting.stop();
    this.mending.stop();
    this.scheduling.stop();
    this.turnover.stop();
    this.keeping.stop();
    this.replay.stop();
    this.snapshots.stop();
    this.shipping.stop();
    this.sessions.stop();
  }

  /** Makes messages of this workstation, in one commit. */
  emit(events: readonly PlanEvent[]): Promise<void> {
    return this.desk.commit((tx) => {
      for (const event of events) this.mailman.emit(tx, event);
    });
  }

  /** Gives a request to the owner of what it changes; where it stands in the own log.
   *
   * @throws FtError TWS_OWN_LOG_FULL
   */
  async ask(owner: WorkstationName, command: Command): Promise<{ message: Message; seq: Seq }> {
    this.ownLog.checkRoom();
    return await this.desk.commit((tx) => {
      const message = this.mailman.emit(tx, { k: 'command', owner, command });
      return { message, seq: this.mailman.ownSeq };
    });
  }

  /** The majority is ours: everything that must be done before the role is open. */
  async takeOver(epoch: Epoch): Promise<void> {
    const { clock, log } = this.desk.ctx;
    const startMs = clock.monotonic();
    const { silent, pulled, missing } = await this.takeover.gather(epoch);
    const tookMs = clock.monotonic() - startMs;
    log.info('gathered before the switch', { silent, pulled, missing, tookMs });
    tellGathered(this.desk, silent, missing);
  }

  /** What this workstation may do, or whom it obeys, has changed. */
  async rolesChanged(): Promise<void> {
    const acting = this.desk.roles.acting();
    if (this.#acting && !acting) await this.keeping.layDown();
    this.#acting = acting;
    this.sessions.refresh();
    this.turnover.look();
    if (!acting) return;
    tellVoters(this);
    for (const to of this.sessions.out) this.keeping.begin(to);
    // While it did not act, its full-status agents may have heard of what it has not.
    this.takeover.meet(this.sessions.out);
    if (!this.incarnation.learning) this.scheduling.batchman.lookAtAll();
    this.scheduling.wake();
    this.#bringOut();
  }

  /** After a batch is on disk. */
  taken(): void {
    this.scheduling.wake();
    this.mending.look();
  }

  #introduce(): Omit<OpenQuestion, 'from' | 'session' | 'epochs'> {
    const { inc, nonce, lastId } = this.mailman.identity;
    return {
      inc,
      nonce,
      lastId,
      plan: this.turnover.open,
      topology: this.desk.tree.topology.hash,
    };
  }

  /** False: this workstation is another incarnation now, and introduces itself again. */
  #accepted(to: WorkstationName, { plan, known }: OpenAnswer): boolean {
    this.turnover.want(plan, to);
    this.mending.met(to, known);
    if (!this.incarnation.isBehind(known)) return true;
    this.#renew(known);
    return false;
  }

  /** Another incarnation from now on, that introduces itself to everybody. */
  #renew(known: OpenAnswer['known']): void {
    this.desk.ctx.messages.emit(networkMessages.FTTW007W({ workstation: this.desk.self }));
    this.desk
      .commit((tx) => this.incarnation.renew(tx, known))
      .then(
        () => this.sessions.dropAll('another incarnation'),
        (error: unknown) => this.desk.broken(describeError(error)),
      );
  }

  #onMessage(tx: Transaction, message: Message): void {
    const { event } = message;
    const { self } = this.desk;
    if (event.k === 'plan') this.turnover.heard(tx, event.plan);
    else if (event.k === 'epoch') this.#heardSoon(event.domain, event.epoch);
    else if (event.k === 'voters' && event.s.voters.includes(self)) {
      this.desk.ctx.clock.setTimer(0, () => this.desk.roles.voteOn(event.domain));
    } else if (event.k === 'command' && event.owner === self) {
      this.requests.execute(tx, message, event.command);
    } else if (event.k === 'answer' && event.of.ws === self) {
      this.requests.answered(event.of, event.outcome);
    } else if (event.k === 'add' || event.k === 'job') this.scheduling.heard(tx, event);
    else if (event.k === 'linked') {
      // Not inside the commit: what it decides must be on disk first.
      this.desk.ctx.clock.setTimer(0, () => this.sessions.refresh());
    }
  }

  /** Not inside the commit: an epoch is stored by one of its own. */
  #heardSoon(domain: DomainName, epoch: Epoch): void {
    this.desk.ctx.clock.setTimer(0, () => void this.desk.roles.heard(domain, epoch));
  }

  #planChanged(): void {
    if (this.#stopped) return;
    const { run } = this.turnover.plan;
    tellPlan(this.desk, run, this.#run);
    this.#run = run;
    // The mode may be another one with this plan, and with it who reads the own log.
    this.desk
      .commit((tx) => this.shipping.keepReaders(tx))
      .catch((error: unknown) => this.desk.broken(describeError(error)));
    this.sessions.refresh();
    this.scheduling.wake();
    this.#bringOut();
  }

  #bringOut(): void {
    this.turnover.bringOut().catch((error: unknown) => {
      this.desk.ctx.log.warn(`plan not brought out: ${describeError(error)}`);
    });
  }

  /** Another incarnation has learned what it said before, and says it again as itself. */
  #learned(tx: Transaction, heard: ReadonlyMap<string, number>): void {
    this.initialiser.settleOwn(tx, heard);
    this.scheduling.learned();
    if (this.desk.roles.acting()) this.scheduling.batchman.lookAtAll();
    this.scheduling.batchman.setCpu({ held: HELD });
    this.scheduling.say(tx);
  }

  #fitnessChanged(): void {
    if (!isCore(this.desk)) return;
    const unfit = this.mending.lacks ?? this.mending.underWay;
    const known = this.desk.book.plan.cpu(this.desk.self).s?.unfit;
    this.options.onFitness(unfit);
    if (unfit === known || this.incarnation.learning) return;
    tellFitness(this.desk, unfit);
    setFitness(this.scheduling.batchman, unfit);
    this.scheduling.wake();
  }

  #opened({ to }: Connection): void {
    this.shipping.open(to);
    this.keeping.begin(to);
    this.takeover.meet([to]);
    this.mending.look();
  }

  #closed(to: WorkstationName): void {
    this.replay.abandon(to);
    this.shipping.close(to);
  }

  /** What that workstation has sent is missing for good: its manager has given it up, or nobody brings it. */
  async initialise(from: WorkstationName): Promise<void> {
    await this.desk.commit((tx) => this.intake.break(tx, from));
    this.mending.look();
  }
}
