import {
  type Command,
  type CommandOutcome,
  identityOf,
  identityText,
  type MessageIdentity,
  NO_VERSION,
  type Submission,
  type WorkstationName,
} from '@ftctl/plan';
import type { Transaction } from '@ftctl/sdk';
import { newcomerEvents } from './core/batchman/newcomers.ts';
import { refusals, refused } from './core/refusals.ts';
import { instantiate } from './core/submit.ts';
import type { Desk } from './desk.ts';
import type { Mailman } from './mailman.ts';
import type { Scheduling } from './scheduling.ts';

/** Requests of this workstation whose answers somebody waits for. */
const MAX_WAITING = 1_000;

export interface RequestHooks {
  /** Makes the next plan, in this commit. */
  jnextday(tx: Transaction): CommandOutcome;
  /** It has not heard yet what it said before its store was lost. */
  learning(): boolean;
}

/**
 * Commands as requests to the owner of what they change: those for this
 * workstation are executed in the commit that accepts them, and answered by an
 * event; whoever asked here hears of the answer.
 */
export class Requests {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #scheduling: Scheduling;
  readonly #hooks: RequestHooks;
  /** The newest answers: one given here at once is there before anybody waits. */
  readonly #answered = new Map<string, CommandOutcome>();
  readonly #waiting = new Map<string, (outcome: CommandOutcome) => void>();

  constructor(desk: Desk, mailman: Mailman, scheduling: Scheduling, hooks: RequestHooks) {
    this.#hooks = hooks;
    this.#desk = desk;
    this.#scheduling = scheduling;
    this.#mailman = mailman;
  }

  /** Calls `listener` once when the answer is here. */
  onAnswer(of: MessageIdentity, listener: (outcome: CommandOutcome) => void): void {
    const key = identityText(of);
    const outcome = this.#answered.get(key);
    if (outcome === undefined) putBounded(this.#waiting, key, listener);
    else listener(outcome);
  }

  answered(of: MessageIdentity, outcome: CommandOutcome): void {
    const key = identityText(of);
    const listener = this.#waiting.get(key);
    this.#waiting.delete(key);
    putBounded(this.#answered, key, outcome);
    // After the commit that takes the answer in: it is not on disk yet.
    if (listener !== undefined) this.#desk.ctx.clock.setTimer(0, () => listener(outcome));
  }

  /** Executes a command for this workstation, in the commit that accepts it. */
  execute(tx: Transaction, of: MessageIdentity, command: Command): void {
    const outcome = this.#outcome(tx, command);
    this.#mailman.emit(tx, { k: 'answer', of: identityOf(of), outcome });
  }

  #outcome(tx: Transaction, command: Command): CommandOutcome {
    if (this.#hooks.learning()) {
      return refused(refusals.LEARNING({ workstation: this.#desk.self }));
    }
    if (command.c === 'link' || command.c === 'unlink') {
      return this.#setLinked(tx, command.ws, command.c === 'link');
    }
    if (command.c === 'jnextday') return this.#hooks.jnextday(tx);
    if (command.c === 'submit') return this.#submit(tx, command.submission);
    return this.#scheduling.execute(tx, command);
  }

  /** The master adds a job to the plan: into a stream of it, or as a stream of its own. */
  #submit(tx: Transaction, submission: Submission): CommandOutcome {
    const { tree, domain, roles, book } = this.#desk;
    if (domain !== tree.root || !roles.acting()) {
      return refused(refusals.NOT_MASTER({ workstation: this.#desk.self }));
    }
    const made = instantiate(book.plan, submission);
    if ('code' in made) return made;
    for (const event of newcomerEvents(book.plan, made)) this.#mailman.emit(tx, event);
    return { ok: true, text: `${made.jobs[0]?.id} is in the plan` };
  }

  #setLinked(tx: Transaction, ws: WorkstationName, linked: boolean): CommandOutcome {
    const { book, tree, roles, domain } = this.#desk;
    if (!roles.acting()) {
      return refused(refusals.NOT_ACTING({ workstation: this.#desk.self }));
    }
    const era = tree.eraOf(domain, roles.epochOf(domain));
    const { v } = book.plan.cpu(ws).linked ?? { v: NO_VERSION };
    const next = { era, n: v.era === era ? v.n + 1 : 1 };
    this.#mailman.emit(tx, { k: 'linked', ws, s: { v: next, linked } });
    return { ok: true };
  }
}

/** The oldest entry makes room. */
function putBounded<V>(map: Map<string, V>, key: string, value: V): void {
  const [oldest] = map.keys();
  if (map.size >= MAX_WAITING && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
