import { makeBacklog } from './backlog.ts';
import { fiveHosts } from './networks.ts';
import { beginDay, isActing, messageFile } from './questions.ts';
import { AWAY, DOMAIN, SHAPE } from './shape.ts';
import { type LoggedLine, type SwitchLab, withLab } from './switch-lab.ts';

const NEW_MANAGER = 'fs1a';
const TARGET = AWAY.toUpperCase();
const REPLAYED_WITHIN_MS = 120_000;

export interface ReplayFigures {
  /** Messages that the target lacked, and their bytes in the ftbox. */
  readonly events: number;
  readonly bytes: number;
  /** From asking for the target's event counter until all of it was on the target's road, on disk. */
  readonly toRoadS: number;
  /** From the same moment until the target had all of it on its disk, in its copy of the plan. */
  readonly toTargetS: number;
}

/** A manager that has taken over replays to a target that was away. */
export function measureReplay(progress: (line: string) => void): Promise<ReplayFigures> {
  progress('starting 5 hosts');
  const options = { network: fiveHosts(), switchFaultTolerance: true, direct: true };
  return withLab(options, async (lab) => {
    await beginDay(lab);
    await makeBacklog(lab, SHAPE.replayEvents, progress);
    await lab.ftctl('master', 'switchmgr', DOMAIN, NEW_MANAGER);
    await lab.until(`${NEW_MANAGER} manages`, async () =>
      (await isActing(lab, NEW_MANAGER)) ? true : undefined,
    );
    const { bytes } = await messageFile(lab, NEW_MANAGER, 'ftup');
    const sinceMs = Date.now();
    await lab.lab.host(AWAY).start();
    const told = (id: string) => toldOf(lab, id, sinceMs);
    const finished = await lab.until('the replay', () => told('AWSBCV131I'), {
      limitMs: REPLAYED_WITHIN_MS,
    });
    const begun = await told('AWSBCV130I');
    if (begun === undefined) throw new Error(`no replay to ${TARGET} was begun`);
    const emptyAtMs = await lab.until('all replayed', () => emptied(lab), {
      limitMs: REPLAYED_WITHIN_MS,
    });
    const measured = {
      events: Number(finished.params?.count),
      bytes,
      toRoadS: (finished.atMs - begun.atMs) / 1_000,
      toTargetS: (emptyAtMs - begun.atMs) / 1_000,
    };
    const { events, toRoadS, toTargetS } = measured;
    progress(`replay of ${events}: ${toRoadS} s to the road, ${toTargetS} s to the target`);
    return measured;
  });
}

async function toldOf(
  lab: SwitchLab,
  id: string,
  sinceMs: number,
): Promise<LoggedLine | undefined> {
  const lines = await lab.logged(NEW_MANAGER, sinceMs);
  return lines.find((line) => line.id === id && line.params?.agent === TARGET);
}

/** The time when nothing waits on the target's road any more. */
async function emptied(lab: SwitchLab): Promise<number | undefined> {
  const { records } = await messageFile(lab, NEW_MANAGER, `pobox/${TARGET}`);
  return records === 0 ? Date.now() : undefined;
}
