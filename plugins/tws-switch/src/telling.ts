import { isNewer, NO_VERSION, type PlanId, type WorkstationName } from '@ftctl/plan';
import type { Messages } from '@ftctl/sdk';
import type { Ranges } from './channels.ts';
import { type Alarms, percentOf } from './core/alarms.ts';
import type { SwitcherRun } from './core/switcher/types.ts';
import type { Desk } from './desk.ts';
import type { Risk } from './ftboxes.ts';
import type { Mailman } from './mailman.ts';
import { counterMessages, networkMessages, replayMessages } from './messages.ts';
import { fillsOf } from './queues.ts';
import type { ReplayHooks } from './replay.ts';
import type { Workstation } from './workstation.ts';

/** What is told to the operator, and when. */

/** Origins of which lost ids are named; the rest are counted in the log. */
const MAX_NAMED = 20;

export function replayReports(messages: Messages): Omit<ReplayHooks, 'live'> {
  return {
    started: (agent) => messages.emit(replayMessages.AWSBCV130I({ agent })),
    finished: (agent, count) => messages.emit(replayMessages.AWSBCV131I({ agent, count })),
    failed: (agent, why) => messages.emit(replayMessages.AWSBCV128E({ agent, why })),
    reduced: (agent, why) => messages.emit(replayMessages.AWSBCV134W({ agent, why })),
  };
}

/** Who could not be asked before a switch, and what nobody can supply. */
export function tellGathered(
  { ctx, domain, tree }: Desk,
  silent: readonly WorkstationName[],
  missing: Ranges,
): void {
  if (silent.length > 0) {
    const workstations = silent.join(', ');
    ctx.messages.emit(networkMessages.FTTW003W({ domain, workstations }));
  }
  for (const [origin, [after, to]] of Object.entries(missing).slice(0, MAX_NAMED)) {
    const [ws = ''] = origin.split('/', 1);
    // What such an origin has not let go of comes from itself when it is in reach.
    if (!silent.includes(ws) || !tree.topology.workstations.has(ws)) continue;
    ctx.messages.emit(replayMessages.AWSBCV137W({ origin, from: after + 1, to }));
  }
}

export function tellFitness({ ctx, self, domain }: Desk, why: string | undefined): void {
  const workstation = self;
  ctx.messages.emit(
    why === undefined
      ? networkMessages.FTTW005I({ workstation, domain })
      : networkMessages.FTTW004W({ workstation, domain, why }),
  );
}

/** The event counter as it was found at the start. */
export function tellCounter({ ctx }: Desk, origins: number): void {
  ctx.messages.emit(origins === 0 ? counterMessages.AWSBAT050I() : counterMessages.AWSBAT051I());
  ctx.messages.emit(counterMessages.AWSBAT001I({ origins }));
  ctx.messages.emit(counterMessages.AWSBAT006I({ marks: origins }));
}

/** Ids that a switch to this agent would lose, as soon as that is known. */
export function tellRisks({ ctx }: Desk, risks: readonly Risk[]): void {
  for (const { origin, from, to } of risks.slice(0, MAX_NAMED)) {
    ctx.messages.emit(networkMessages.FTTW006W({ origin, from, to }));
  }
}

export function tellPlan({ ctx }: Desk, run: number, before: number): void {
  if (run === before) return;
  if (before > 0) {
    ctx.messages.emit(counterMessages.AWSBAT052I({ stored: before, run }));
    ctx.messages.emit(counterMessages.AWSBAT002I({ run }));
  }
  ctx.messages.emit(networkMessages.FTTW009I({ run }));
}

/** A plan here gives way to that of the master. */
export function tellVoid({ ctx, tree, roles }: Desk, { run }: PlanId): void {
  const { root: domain } = tree;
  const manager = roles.managerOf(domain);
  ctx.messages.emit(networkMessages.FTTW015W({ run, manager, domain }));
}

/** What gets near its limit, and when that is over. */
export function tellAlarms(station: Workstation, alarms: Alarms): void {
  const { messages } = station.desk.ctx;
  const { raised, cleared } = alarms.look(fillsOf(station));
  for (const fill of raised) {
    messages.emit(networkMessages.FTTW013W({ what: fill.what, percent: percentOf(fill) }));
  }
  for (const what of cleared) messages.emit(networkMessages.FTTW014I({ what }));
}

/** What has come again since the last call. */
export function tellDuplicates({ ctx }: Desk, mailman: Mailman): void {
  for (const [origin, count] of [...mailman.takeDuplicates()].slice(0, MAX_NAMED)) {
    ctx.messages.emit(counterMessages.AWSBAT011W({ origin, count }));
  }
}

const ISOLATION: Readonly<Record<string, string>> = {
  starting: 'it has just started and asks the voters',
  demgr: 'it was started with --demgr',
  'handed-over': 'it has handed its role over',
};

export function tellSwitch({ ctx, self, domain }: Desk, run: SwitcherRun): void {
  if (run.kind === 'claimed' || run.kind === 'resumed') {
    const epoch = run.epoch.number;
    ctx.messages.emit(networkMessages.FTTW001I({ workstation: self, domain, epoch }));
  } else if (run.kind === 'demoted') {
    const { number: epoch, owner } = run.by;
    ctx.messages.emit(networkMessages.FTTW002I({ workstation: self, domain, owner, epoch }));
  } else if (run.kind === 'isolated') {
    const why = ISOLATION[run.why] ?? run.why;
    ctx.messages.emit(replayMessages.AWSBCV135W({ agent: self, why }));
  }
}

/** As manager: who votes on the domain, so that one of another domain knows that it does. */
export function tellVoters(workstation: Workstation): void {
  const { roles, domain, book } = workstation.desk;
  const s = roles.votersOf(domain);
  if (s === undefined || !roles.acting()) return;
  if (!isNewer(s.v, book.plan.voters(domain).s?.v ?? NO_VERSION)) return;
  // When it cannot be stored, the workstation begins anew and tells it then.
  void workstation.emit([{ k: 'voters', domain, s }]).catch(() => undefined);
}
