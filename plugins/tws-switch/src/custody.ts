import type { WorkstationName } from '@ftctl/plan';
import type { Seq } from '@ftctl/sdk';
import { type Desk, isEnhanced } from './desk.ts';
import type { Shipping } from './shipping.ts';

/** Where a message of this workstation is on disk, besides here. */
export interface CustodyStatus {
  readonly inCustody: boolean;
  /** Why not, for an operator. */
  readonly why?: string;
}

/**
 * A message is in custody when it is on disk at the manager of the domain and
 * one full-status agent: then the permanent loss of any one host loses nothing.
 */
export class Custody {
  readonly #desk: Desk;
  readonly #shipping: Shipping;

  constructor(desk: Desk, shipping: Shipping) {
    this.#desk = desk;
    this.#shipping = shipping;
  }

  /** @param seq position in the own log */
  of(seq: Seq): CustodyStatus {
    const { tree, domain, roles, self } = this.#desk;
    const manager = roles.managerOf(domain);
    const has = (name: WorkstationName) =>
      name === self || this.#shipping.ownDelivered(name) >= seq;
    if (!has(manager)) return { inCustody: false, why: `manager ${manager} does not have it yet` };
    if (!isEnhanced(this.#desk)) return { inCustody: true };
    const agents = tree.coreOf(domain).filter((name) => name !== manager);
    if (agents.length === 0 || agents.some(has)) return { inCustody: true };
    return { inCustody: false, why: `no full-status agent of ${agents.join(', ')} has it yet` };
  }

  /** Waits until it is in custody, or for the given time. */
  wait(seq: Seq, limitMs: number): Promise<CustodyStatus> {
    const { clock } = this.#desk.ctx;
    return new Promise((resolve) => {
      const startMs = clock.monotonic();
      const look = () => {
        const status = this.of(seq);
        const isLate = clock.monotonic() - startMs >= limitMs;
        if (status.inCustody || isLate) resolve(status);
        else clock.setTimer(20, look);
      };
      look();
    });
  }
}
