import type { DomainName, WorkstationName } from './model.ts';
import {
  type DomainDefinition,
  HOSTED_BY_MANAGER,
  type Topology,
  type WorkstationDefinition,
} from './topology.ts';
import type { Epoch } from './version.ts';

/** Questions about a topology that routing, planning and display ask. Built once. */
export class Tree {
  readonly topology: Topology;
  readonly #members = new Map<DomainName, WorkstationDefinition[]>();
  readonly #children = new Map<DomainName, DomainDefinition[]>();
  readonly #paths = new Map<DomainName, readonly DomainName[]>();

  constructor(topology: Topology) {
    this.topology = topology;
    for (const domain of topology.domains.values()) {
      this.#members.set(domain.name, []);
      this.#children.set(domain.name, []);
    }
    for (const ws of byName(topology.workstations.values())) this.#members.get(ws.domain)?.push(ws);
    for (const domain of byName(topology.domains.values())) {
      if (domain.parent !== undefined) this.#children.get(domain.parent)?.push(domain);
      this.#paths.set(domain.name, this.#pathOf(domain));
    }
  }

  get root(): DomainName {
    return this.topology.root;
  }

  /** @throws Error for a name that is not in the topology */
  workstation(name: WorkstationName): WorkstationDefinition {
    const found = this.topology.workstations.get(name);
    if (found === undefined) throw new Error(`no workstation ${name}`);
    return found;
  }

  /** @throws Error for a name that is not in the topology */
  domain(name: DomainName): DomainDefinition {
    const found = this.topology.domains.get(name);
    if (found === undefined) throw new Error(`no domain ${name}`);
    return found;
  }

  domainOf(ws: WorkstationName): DomainName {
    return this.workstation(ws).domain;
  }

  parentOf(domain: DomainName): DomainName | undefined {
    return this.domain(domain).parent;
  }

  childrenOf(domain: DomainName): readonly DomainDefinition[] {
    return this.#children.get(domain) ?? [];
  }

  /** All workstations of a domain by name, extended agents too. */
  membersOf(domain: DomainName): readonly WorkstationDefinition[] {
    return this.#members.get(domain) ?? [];
  }

  /** What runs a domain: its manager, as the topology says, and its full-status agents, by name. */
  coreOf(domain: DomainName): readonly WorkstationName[] {
    return this.membersOf(domain)
      .filter(({ fullStatus }) => fullStatus)
      .map(({ name }) => name);
  }

  /** Agents of a domain that are neither full-status nor extended, by name. */
  plainOf(domain: DomainName): readonly WorkstationName[] {
    return this.membersOf(domain)
      .filter(({ fullStatus, type }) => !fullStatus && type !== 'x-agent')
      .map(({ name }) => name);
  }

  /** True when the workstation is in the domain or in one below it. */
  isBelow(ws: WorkstationName, domain: DomainName): boolean {
    return this.#paths.get(this.domainOf(ws))?.includes(domain) ?? false;
  }

  /** The child of `domain` whose subtree holds the workstation; undefined when it is in `domain` itself or elsewhere. */
  childTowards(ws: WorkstationName, domain: DomainName): DomainName | undefined {
    const path = this.#paths.get(this.domainOf(ws)) ?? [];
    const at = path.indexOf(domain);
    return at <= 0 ? undefined : path[at - 1];
  }

  /** Workstation that runs the jobs of another: itself, or the host of an extended agent. */
  runnerOf(
    ws: WorkstationName,
    managerOf: (domain: DomainName) => WorkstationName,
  ): WorkstationName {
    const { type, hostedBy, domain, name } = this.workstation(ws);
    if (type !== 'x-agent') return name;
    if (hostedBy === HOSTED_BY_MANAGER || hostedBy === undefined) return managerOf(domain);
    return hostedBy;
  }

  /** Who manages a domain before any switch. */
  firstEpoch(domain: DomainName): Epoch {
    return { number: 0, owner: this.domain(domain).manager };
  }

  /**
   * Era of versions that the owner of an epoch gives. Two owners of one number
   * (possible with `--force` alone) have different eras.
   */
  eraOf(domain: DomainName, epoch: Epoch): number {
    const core = this.coreOf(domain);
    return epoch.number * (core.length + 1) + core.indexOf(epoch.owner) + 1;
  }

  /** From a domain up to the root, itself first. */
  #pathOf(domain: DomainDefinition): readonly DomainName[] {
    const path = [domain.name];
    for (let at = domain; at.parent !== undefined; ) {
      at = this.domain(at.parent);
      path.push(at.name);
    }
    return path;
  }
}

function byName<T extends { readonly name: string }>(values: Iterable<T>): T[] {
  return [...values].sort((a, b) => (a.name < b.name ? -1 : 1));
}
