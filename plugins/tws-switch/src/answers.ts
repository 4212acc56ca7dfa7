import type { WorkstationName } from '@ftctl/plan';
import type { Peer } from '@ftctl/sdk';
import {
  BLOCK_MARKS,
  type BoxPage,
  type BoxQuestion,
  type CounterBlock,
  type CounterQuestion,
  type MarksReport,
  type SnapshotPage,
  type SnapshotQuestion,
} from './channels.ts';
import { intakeErrors } from './intake-errors.ts';
import type { Workstation } from './workstation.ts';

/** What a workstation answers to others about its counters and its plan. */

/** Step two of the replay protocol: a block of the event counter, for the manager of a later epoch alone. */
export async function answerCounter(
  { desk, replay, turnover }: Workstation,
  { domain, epoch, block }: CounterQuestion,
  from: Peer,
): Promise<CounterBlock> {
  const { roles } = desk;
  await roles.heard(domain, epoch);
  const manager = roles.managerOf(domain);
  if (desk.workstationAt(from.host) !== manager) {
    throw intakeErrors.NOT_MANAGER({ from: from.host, domain, manager });
  }
  const { stored: plan } = turnover;
  return { ...replay.answerBlock(block, BLOCK_MARKS), plan, epochs: roles.epochs() };
}

/** How far neighbours are, as the manager of the domain knows it. */
export async function hearMarks(
  { desk, reporting }: Workstation,
  report: MarksReport,
  { host }: Peer,
): Promise<Record<string, never>> {
  const { domain, roles } = desk;
  const manager = roles.managerOf(domain);
  if (desk.workstationAt(host) !== manager || manager === desk.self) {
    throw intakeErrors.NOT_MANAGER({ from: host, domain, manager });
  }
  return await reporting.heard(report);
}

export function answerSnapshot(
  station: Workstation,
  question: SnapshotQuestion,
  from: Peer,
): Promise<SnapshotPage> {
  return station.snapshots.page(question, workstationOf(station, from));
}

export function answerBox(station: Workstation, question: BoxQuestion, from: Peer): BoxPage {
  workstationOf(station, from);
  return station.snapshots.boxPage(question);
}

function workstationOf({ desk }: Workstation, { host }: Peer): WorkstationName {
  const ws = desk.workstationAt(host);
  if (ws === undefined) throw intakeErrors.NO_SESSION({ host });
  return ws;
}
