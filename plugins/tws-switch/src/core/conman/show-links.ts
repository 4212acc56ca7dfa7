import type { WorkstationName } from '@ftctl/plan';
import type { Viewpoint } from './link-part.ts';

/** A row of `showcpus --link`, as `--json` prints it. */
export interface LinkRow {
  readonly cpuId: WorkstationName;
  /** Runs its jobs: itself, or the host of an extended agent. */
  readonly host: WorkstationName;
  /** `A` autolink, `F` full status, `U` unlinked by an operator. */
  readonly flags: string;
  /** The machine, as the link layer names it; empty for an extended agent. */
  readonly node: string;
  /** Workstations into which it says that its connections are open. */
  readonly out: readonly WorkstationName[];
  /** Workstations whose connections into it are open, as it says. */
  readonly in: readonly WorkstationName[];
}

export const LINK_COLUMNS = ['CPUID', 'HOST', 'FLAGS', 'NODE', 'LINKED TO', 'LINKED FROM'] as const;

/** What each workstation has said last of its connections; this one's as they are now. */
export function showLinks(view: Viewpoint, names: readonly WorkstationName[]): readonly LinkRow[] {
  return names.map((name) => {
    const { autolink, fullStatus, node = '' } = view.tree.workstation(name);
    const { links, linked } = view.plan.cpu(name);
    const isSelf = name === view.self;
    const flags = [
      [autolink, 'A'],
      [fullStatus, 'F'],
      [linked?.linked === false, 'U'],
    ] as const;
    return {
      cpuId: name,
      host: view.tree.runnerOf(name, view.managerOf),
      flags: flags.map(([isSet, flag]) => (isSet ? flag : '')).join(''),
      node,
      out: isSelf ? view.out : (links?.out ?? []),
      in: isSelf ? view.in : (links?.in ?? []),
    };
  });
}

export function linkCells(row: LinkRow): readonly string[] {
  return [row.cpuId, row.host, row.flags, row.node, row.out.join(' '), row.in.join(' ')];
}
