import {
  type DomainName,
  type Epoch,
  epochSchema,
  isLaterEpoch,
  type Tree,
  type WorkstationName,
} from '@ftctl/plan';
import { json, type Store, type Table } from '@ftctl/sdk';
import * as v from 'valibot';
import type { Roles } from './desk.ts';

/** The epochs that this workstation knows: stored before they are obeyed. */
export class Epochs implements Roles {
  readonly #store: Store;
  readonly #tree: Tree;
  readonly #self: WorkstationName;
  readonly #table: Table<Epoch>;
  readonly #epochs = new Map<DomainName, Epoch>();
  #onChange: (domain: DomainName) => void = () => undefined;

  constructor(store: Store, tree: Tree, self: WorkstationName) {
    this.#store = store;
    this.#tree = tree;
    this.#self = self;
    this.#table = store.table(
      'epochs',
      json('an epoch', (value) => v.parse(epochSchema, value)),
    );
    for (const [domain, epoch] of this.#table.entries()) this.#epochs.set(domain, epoch);
  }

  /** Called when another epoch of a domain is on disk. */
  onChange(listener: (domain: DomainName) => void): void {
    this.#onChange = listener;
  }

  managerOf(domain: DomainName): WorkstationName {
    return this.epochOf(domain).owner;
  }

  epochOf(domain: DomainName): Epoch {
    return this.#epochs.get(domain) ?? this.#tree.firstEpoch(domain);
  }

  acting(): boolean {
    return this.managerOf(this.#tree.domainOf(this.#self)) === this.#self;
  }

  epochs(): Readonly<Record<DomainName, Epoch>> {
    return Object.fromEntries(this.#epochs);
  }

  async heard(domain: DomainName, epoch: Epoch): Promise<void> {
    if (!this.#tree.topology.domains.has(domain)) return;
    if (!isLaterEpoch(epoch, this.epochOf(domain))) return;
    await this.#store.commit((tx) => tx.put(this.#table, domain, epoch));
    if (!isLaterEpoch(epoch, this.epochOf(domain))) return;
    this.#epochs.set(domain, epoch);
    this.#onChange(domain);
  }
}
