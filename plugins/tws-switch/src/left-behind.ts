import type { WorkstationName } from '@ftctl/plan';
import { parseOrigin } from './core/origin.ts';
import { type Desk, isCore, isEnhanced } from './desk.ts';
import type { Incarnation } from './incarnation.ts';
import type { Mailman } from './mailman.ts';

/** What an origin itself has not told for so long, it is not expected to tell. */
const PATIENCE_MS = 3_000;
/** A copy of the plan is not asked for again for the same workstation before so long. */
const AGAIN_MS = 30_000;

export interface LeftBehindHooks {
  /** A session of that workstation into us is open: what it holds comes by itself. */
  isComing(ws: WorkstationName): boolean;
}

interface Wait {
  readonly sinceMs: number;
  readonly askedMs?: number;
}

/**
 * Core members hear each member of their domain themselves, so nobody else brings
 * what a member had said before it died for good, or began anew, while one of them
 * was away. By the manager's reports such a member of the core knows that it was
 * left behind.
 */
export class LeftBehind {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #incarnation: Incarnation;
  readonly #hooks: LeftBehindHooks;
  readonly #waits = new Map<string, Wait>();

  constructor(
    desk: Desk,
    { mailman, incarnation }: { mailman: Mailman; incarnation: Incarnation },
    hooks: LeftBehindHooks,
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#incarnation = incarnation;
    this.#hooks = hooks;
  }

  /**
   * As manager: the own event counter as far as it is about members of the domain.
   * It is one itself: what it said before it began anew, it does not bring again.
   */
  marksOfMembers(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#mailman.marks].filter(([origin]) => this.#memberOf(origin) !== undefined),
    );
  }

  /** What the manager has; answers of which members a copy of the plan has to be fetched now. */
  heard(marks: Readonly<Record<string, number>>): readonly WorkstationName[] {
    if (!isCore(this.#desk) || !isEnhanced(this.#desk)) return [];
    const nowMs = this.#desk.ctx.clock.monotonic();
    const behind = Object.entries(marks).filter(([origin, id]) => this.#isLost(origin, id));
    const origins = new Set(behind.map(([origin]) => origin));
    for (const origin of this.#waits.keys()) if (!origins.has(origin)) this.#waits.delete(origin);
    const due = [...origins].filter((origin) => this.#isDue(origin, nowMs));
    return [...new Set(due.flatMap((origin) => this.#memberOf(origin) ?? []))];
  }

  #isDue(origin: string, nowMs: number): boolean {
    const { sinceMs, askedMs } = this.#waits.get(origin) ?? { sinceMs: nowMs };
    const isDue =
      nowMs - sinceMs >= PATIENCE_MS && (askedMs === undefined || nowMs - askedMs >= AGAIN_MS);
    const asked = isDue ? nowMs : askedMs;
    this.#waits.set(origin, { sinceMs, ...(asked === undefined ? {} : { askedMs: asked }) });
    return isDue;
  }

  /** It is not here, and its origin will not bring it as things are. */
  #isLost(origin: string, id: number): boolean {
    const ws = this.#memberOf(origin);
    if (ws === undefined || ws === this.#desk.self) return false;
    if (id <= (this.#mailman.marks.get(origin) ?? 0)) return false;
    const isOfBefore = (this.#incarnation.knownOf(ws)?.inc ?? 0) > (parseOrigin(origin)?.inc ?? 0);
    return isOfBefore || !this.#hooks.isComing(ws);
  }

  /** Whose origin it is, when that is a member of this domain. */
  #memberOf(origin: string): WorkstationName | undefined {
    const { tree, domain } = this.#desk;
    const { ws = '' } = parseOrigin(origin) ?? {};
    const isMember = tree.topology.workstations.has(ws) && tree.domainOf(ws) === domain;
    return isMember ? ws : undefined;
  }
}
