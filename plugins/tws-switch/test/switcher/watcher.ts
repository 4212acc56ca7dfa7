import { type Epoch, isLaterEpoch } from '@ftctl/plan';
import type { SwitchMessage } from '../../src/core/switcher/messages.ts';
import { isAutomatic } from '../../src/core/switcher/turn.ts';
import type { SwitcherRun } from '../../src/core/switcher/types.ts';
import type { Network } from './network.ts';
import type { SimulatedWorkstation } from './workstation.ts';

/** Sees from outside whether the network keeps its promises: who acts, and what each host shows. */
export class Watcher {
  readonly problems: string[] = [];
  /** Times at which a host claimed an epoch. */
  readonly claims: { readonly atMs: number; readonly epoch: Epoch }[] = [];
  /** An operator has used force: then two may act, and numbers may have two owners. */
  forced = false;
  /** Called with each message that leaves a workstation. */
  onSent: (one: SimulatedWorkstation, message: SwitchMessage) => void = () => undefined;
  readonly #network: Network;
  readonly #automatic: boolean;
  /** Highest epoch that each host has shown. */
  readonly #shown = new Map<string, Epoch>();
  readonly #owners = new Map<number, string>();

  constructor(network: Network) {
    this.#network = network;
    this.#automatic = isAutomatic({ ...network.options.domain, me: '' });
  }

  /** Somebody begins to act only by a step, so this sees every overlap. */
  stepped(one: SimulatedWorkstation): void {
    this.#neverBack(one, one.state?.row.epoch, false);
    if (one.acts && !one.replayed.has(one.state?.row.epoch.number ?? 0)) {
      this.problem(`${one.name} acts before it replayed`);
    }
    if (this.forced || !this.#automatic || !one.acts) return;
    for (const other of this.#network.workstations.values()) {
      if (other === one || !other.acts) continue;
      this.problem(`${one.name} and ${other.name} act at once`);
    }
  }

  sent(one: SimulatedWorkstation, message: SwitchMessage): void {
    this.#neverBack(one, message.epoch, true);
    this.#oneOwner(message.epoch);
    this.onSent(one, message);
  }

  ran(one: SimulatedWorkstation, run: SwitcherRun): void {
    if (run.kind !== 'claimed') return;
    this.#oneOwner(run.epoch);
    this.#neverBack(one, run.epoch, true);
    if (run.by !== 'restart') this.claims.push({ atMs: this.#network.nowMs, epoch: run.epoch });
  }

  /** Its disk was lost, with all that it had shown. */
  forget(name: string): void {
    this.#shown.delete(name);
  }

  problem(text: string): void {
    if (this.problems.length >= 5) return;
    this.problems.push(`at ${this.#network.nowMs.toFixed(1)}: ${text}`);
    this.#network.trace(`PROBLEM ${text}`);
  }

  #neverBack({ name }: SimulatedWorkstation, epoch: Epoch | undefined, shows: boolean): void {
    if (epoch === undefined) return;
    const shown = this.#shown.get(name);
    if (shown === epoch) return;
    if (shown !== undefined && isLaterEpoch(shown, epoch)) {
      this.problem(
        `${name} goes back from <${shown.number}, ${shown.owner}> to <${epoch.number}, ${epoch.owner}>`,
      );
    } else if (shows) this.#shown.set(name, epoch);
  }

  #oneOwner({ number, owner }: Epoch): void {
    const known = this.#owners.get(number);
    if (known === undefined) this.#owners.set(number, owner);
    else if (known !== owner && !this.forced) {
      this.problem(`number ${number} belongs to ${known} and ${owner}`);
    }
  }
}
