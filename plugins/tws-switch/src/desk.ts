import type { Audience, DomainName, Epoch, Tree, VotersStatus, WorkstationName } from '@ftctl/plan';
import type { PluginContext, Transaction } from '@ftctl/sdk';
import type { MessageFiles } from './message-files.ts';
import type { PlanBook } from './plan-book.ts';
import type { Mirrorbox } from './source/mirrorbox.ts';
import type { Stores } from './stores.ts';

/** Who manages what, as far as this workstation knows, and what it may do itself. */
export interface Roles {
  managerOf(domain: DomainName): WorkstationName;
  epochOf(domain: DomainName): Epoch;
  /** True when this workstation manages its domain and may act at this moment. */
  acting(): boolean;
  /** Epochs that a peer should know. */
  epochs(): Readonly<Record<DomainName, Epoch>>;
  /** An epoch that a peer knows; a later one is stored before it is obeyed. Never rejects. */
  heard(domain: DomainName, epoch: Epoch): Promise<void>;
  /** This workstation was named as a voter of a domain. */
  voteOn(domain: DomainName): void;
  /** Who votes on a domain, when that was changed since the topology was written. */
  votersOf(domain: DomainName): VotersStatus | undefined;
}

/** Bounds and intervals; milliseconds unless named otherwise. */
export interface Settings {
  /** A session without a beat for so long has ended. */
  readonly linkTimeoutMs: number;
  /** `replay: classic`: a damaged counter makes everything go up and nothing down. */
  readonly classicReplay: boolean;
  /** Secondary connections end with the main one, as the original did it. */
  readonly classicLinks: boolean;
}

/** What the modules of one workstation share. */
export interface Desk {
  readonly ctx: PluginContext<unknown>;
  readonly tree: Tree;
  readonly self: WorkstationName;
  readonly domain: DomainName;
  readonly stores: Stores;
  readonly book: PlanBook;
  readonly roles: Roles;
  readonly settings: Settings;
  /** How large the message files may become. */
  readonly files: MessageFiles;
  /** What changes the plan, for those who mirror it. */
  readonly mirrorbox: Mirrorbox;
  /**
   * A commit that also writes what has changed in the plan. When the disk refuses
   * it, memory is ahead of it: then the workstation begins anew from the disk.
   */
  commit<R>(apply: (tx: Transaction) => R): Promise<R>;
  /** Memory is ahead of the disk. */
  broken(why: string): void;
  /** Whose node a host is. */
  workstationAt(host: string): WorkstationName | undefined;
}

/** Whether `enable switch fault tolerance` is on in the present plan; on before the first plan too. */
export function isEnhanced({ book }: Desk): boolean {
  return book.plan.header?.switchFaultTolerance ?? true;
}

/** The plan as seen now: by who manages what, an extended agent's jobs run on its present host. */
export function viewOf({ book, tree, roles }: Desk): Audience {
  const managerOf = (domain: DomainName) => roles.managerOf(domain);
  return { plan: book.plan, tree, runnerOf: (ws) => tree.runnerOf(ws, managerOf) };
}

/** The host on which a workstation runs, as the link layer names it. Extended agents have none. */
export function peerOf(
  { tree }: Pick<Desk, 'tree'>,
  ws: WorkstationName,
): { readonly host: string } {
  return { host: tree.workstation(ws).node ?? ws };
}

/** True for what runs this domain: its manager and full-status agents. */
export function isCore({ tree, self }: Desk): boolean {
  return tree.workstation(self).fullStatus;
}
