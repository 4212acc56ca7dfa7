import { NO_VERSION } from '@ftctl/plan';
import type { Timer } from '@ftctl/sdk';
import type { Desk } from './desk.ts';
import type { Mailman } from './mailman.ts';
import type { Sessions } from './sessions.ts';

/** Before the links as they are now are told: several changes are told at once. */
const SETTLE_MS = 300;

/** Tells the network which connections this end believes to be open. */
export class LinkState {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #sessions: () => Sessions;
  readonly #emit: (event: Parameters<Mailman['emit']>[1]) => void;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(
    desk: Desk,
    mailman: Mailman,
    sessions: () => Sessions,
    emit: (event: Parameters<Mailman['emit']>[1]) => void,
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#sessions = sessions;
    this.#emit = emit;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  changed(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = this.#desk.ctx.clock.setTimer(SETTLE_MS, () => {
      this.#timer = undefined;
      this.#tell();
    });
  }

  #tell(): void {
    const { book, self } = this.#desk;
    const known = book.plan.cpu(self).links ?? { v: NO_VERSION, out: [], in: [] };
    const { out, in: writers } = this.#sessions();
    if (sameNames(known.out, out) && sameNames(known.in, writers)) return;
    const s = { v: this.#mailman.nextVersion(known.v), out, in: writers };
    this.#emit({ k: 'links', ws: self, s });
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}
