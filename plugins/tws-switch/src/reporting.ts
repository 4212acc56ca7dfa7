import type { WorkstationName } from '@ftctl/plan';
import { describeError, isFtError, type Timer, type Transaction } from '@ftctl/sdk';
import type { Ahead } from './ahead.ts';
import { type MarksReport, marksRequest } from './channels.ts';
import { type Desk, isCore, peerOf } from './desk.ts';
import type { Dropped } from './dropped.ts';
import type { Ftboxes } from './ftboxes.ts';
import type { LeftBehind } from './left-behind.ts';
import type { LostAnswers } from './lost-answers.ts';
import type { Mailman } from './mailman.ts';
import type { Mending } from './mending.ts';
import type { OwnLog } from './own-log.ts';
import type { Roads } from './roads.ts';
import type { Sessions } from './sessions.ts';
import type { Shipping } from './shipping.ts';
import type { Takeover } from './takeover.ts';
import { tellDuplicates } from './telling.ts';

const REPORT_MS = 1_000;

export interface ReportingParts {
  readonly ownLog: OwnLog;
  readonly mailman: Mailman;
  readonly roads: Roads;
  readonly boxes: Ftboxes;
  readonly dropped: Dropped;
  readonly leftBehind: LeftBehind;
  readonly lostAnswers: LostAnswers;
  readonly mending: Mending;
  readonly sessions: Sessions;
  readonly shipping: Shipping;
  readonly takeover: Takeover;
  readonly ahead: Ahead;
}

/**
 * Each second: a manager tells its core how far its neighbours are, by which
 * ftboxes are trimmed.
 */
export class Reporting {
  readonly #desk: Desk;
  readonly #parts: ReportingParts;
  readonly #commit: (apply: (tx: Transaction) => void) => Promise<void>;
  readonly #missed: (ws: WorkstationName) => Promise<void>;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(
    desk: Desk,
    parts: ReportingParts,
    options: {
      readonly commit: (apply: (tx: Transaction) => void) => Promise<void>;
      /** A copy of the plan is needed for what that member has said. */
      readonly missed: (ws: WorkstationName) => Promise<void>;
    },
  ) {
    this.#desk = desk;
    this.#parts = parts;
    this.#commit = options.commit;
    this.#missed = options.missed;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = this.#desk.ctx.clock.setTimer(REPORT_MS, () => this.start());
    this.#report().catch((error: unknown) => {
      this.#desk.ctx.log.warn(`no report of marks: ${describeError(error)}`);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** The other side of a report, when it is of the manager. */
  async heard({ reached, dropped, members }: MarksReport): Promise<Record<string, never>> {
    const { boxes, leftBehind } = this.#parts;
    for (const ws of leftBehind.heard(members)) await this.#missed(ws);
    for (const [target, marks] of Object.entries(reached))
      boxes.hear(target, Object.entries(marks));
    await this.#commit((tx) => {
      this.#parts.dropped.heard(tx, dropped);
      boxes.trim(tx);
    });
    return {};
  }

  async #report(): Promise<void> {
    const { boxes, roads, shipping, sessions, mailman } = this.#parts;
    tellDuplicates(this.#desk, mailman);
    this.#parts.mending.look();
    await this.#parts.lostAnswers.look();
    await this.#parts.ownLog.look();
    if (!isCore(this.#desk) || !this.#desk.roles.acting()) return;
    this.#parts.takeover.look();
    await this.#parts.ahead.look();
    for (const target of roads.live) {
      boxes.hear(target, roads.reached(target, shipping.roadDelivered(target)));
    }
    for (const target of this.#parts.dropped.targets) {
      if (sessions.isOpen(target)) void this.#parts.dropped.initialise(target);
    }
    roads.closeMilestones();
    await this.#commit((tx) => boxes.trim(tx));
    const { tree, domain, self } = this.#desk;
    const readers = tree.coreOf(domain).filter((to) => to !== self && sessions.isOpen(to));
    await Promise.all(readers.map((to) => this.#tell(to)));
  }

  async #tell(to: WorkstationName): Promise<void> {
    const { ctx } = this.#desk;
    const reached = Object.fromEntries(
      [...this.#parts.boxes.reached].map(([target, marks]) => [target, Object.fromEntries(marks)]),
    );
    try {
      await ctx.link.request(marksRequest, peerOf(this.#desk, to), {
        reached,
        dropped: [...this.#parts.dropped.targets],
        members: this.#parts.leftBehind.marksOfMembers(),
      });
    } catch (error) {
      if (!isFtError(error)) throw error;
      ctx.log.debug(`marks not told to ${to}: ${describeError(error)}`);
    }
  }
}
