import type { LastFact } from '../../core/jobman/attempt.ts';
import type { Claim } from '../../launcher/attempt-files.ts';
import { type JobFolder, Unreadable } from './job-folder.ts';
import { type JobSystem, runnerClaim, running } from './system.ts';
import { ranNothing, type Watched, whyNothingRan } from './watched.ts';

/** What is known when one attempt is looked at. */
export interface View {
  readonly folder: JobFolder;
  readonly system: JobSystem;
  /** File names in the folder, read just before. */
  readonly names: ReadonlySet<string>;
  /** The launcher of an earlier life, which has the claim, does not run any more. */
  readonly launcherGone: boolean;
  /** The launcher has had its time to claim. */
  readonly overdue: boolean;
}

export type Verdict =
  | { readonly kind: 'wait' }
  | { readonly kind: 'claimed'; readonly claim: Claim; readonly own: boolean }
  | LastFact;

const WAIT: Verdict = { kind: 'wait' };
const KILLED_EARLY = 'it was killed before it ran';
const WITHDRAWN = 'it was withdrawn before it ran';

/**
 * Looks what became of one attempt.
 *
 * @throws what the system says when it cannot be found out now
 */
export async function examine(entry: Watched, view: View): Promise<Verdict> {
  try {
    return await examineStage(entry, view);
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unknown', why: error.message };
    throw error;
  }
}

async function examineStage(entry: Watched, view: View): Promise<Verdict> {
  const { stage, key, kill } = entry;
  const { folder, names, overdue } = view;
  switch (stage.at) {
    case 'queued':
      return kill === 'no' ? WAIT : { kind: 'failed', why: KILLED_EARLY };
    case 'starting':
      return WAIT;
    case 'launched': {
      const claim = names.has(`${key}.claim`) ? await folder.claim(key) : undefined;
      if (claim !== undefined) return onClaim(entry, view, claim);
      if (entry.launcherEnd !== undefined) {
        return withdraw(entry, view, whyNothingRan(entry.launcherEnd));
      }
      if (kill === 'wanted') return withdraw(entry, view, KILLED_EARLY);
      if (overdue) return withdraw(entry, view, 'its launcher did not claim it in time');
      return WAIT;
    }
    case 'settling': {
      const claim = await folder.claim(key);
      if (claim !== undefined) return onClaim(entry, view, claim);
      if ((await folder.takeClaim(key, runnerClaim(view.system))) === 'lost') {
        const winner = await folder.claim(key);
        return winner === undefined ? WAIT : onClaim(entry, view, winner);
      }
      return { kind: 'void' };
    }
    case 'claimed':
      return onClaimed(entry, view, stage.claim);
  }
}

/** Takes the claim from a launcher that has not made it; from then on nothing will run. */
async function withdraw(entry: Watched, view: View, why: string): Promise<Verdict> {
  const { folder, system } = view;
  if ((await folder.takeClaim(entry.key, runnerClaim(system))) === 'won') {
    return { kind: 'failed', why };
  }
  const claim = await folder.claim(entry.key);
  return claim === undefined ? WAIT : onClaim(entry, view, claim);
}

/** The claim is there: who has it? */
async function onClaim(entry: Watched, view: View, claim: Claim): Promise<Verdict> {
  const { stage, launcherEnd } = entry;
  if (claim.by === 'runner') {
    // By this life before a flush failed, or by an earlier one that could not tell any more.
    return stage.at === 'settling' ? { kind: 'void' } : { kind: 'failed', why: WITHDRAWN };
  }
  const own = stage.at === 'launched' && stage.pid === claim.pid;
  const isOver = own ? launcherEnd !== undefined : !running(view.system, [claim]).has(claim);
  if (!isOver) return { kind: 'claimed', claim, own };
  return afterLauncher(entry, view, claim);
}

async function onClaimed(entry: Watched, view: View, claim: Claim): Promise<Verdict> {
  const launcherGone = entry.launcherEnd?.pid === claim.pid || view.launcherGone;
  const isOver = launcherGone || view.names.has(`${entry.key}.exit`);
  return isOver ? afterLauncher(entry, view, claim) : WAIT;
}

/** The launcher has gone, or has recorded the end: what it wrote is final. */
async function afterLauncher(entry: Watched, view: View, claim: Claim): Promise<Verdict> {
  const exit = await view.folder.exit(entry.key);
  if (exit?.outcome === 'ended') {
    const { outcome: _outcome, ...how } = exit;
    return { kind: 'ended', ...how };
  }
  if (exit !== undefined) return { kind: 'failed', why: exit.why };
  const { launcherEnd } = entry;
  if (launcherEnd?.pid === claim.pid && ranNothing(launcherEnd)) {
    return { kind: 'failed', why: whyNothingRan(launcherEnd) };
  }
  return { kind: 'unknown', why: await whyUnknown(entry, view, claim) };
}

async function whyUnknown(entry: Watched, view: View, claim: Claim): Promise<string> {
  const { folder, system } = view;
  if (claim.boot !== system.bootId()) {
    return 'the machine was started again before its end was recorded';
  }
  const gone = `its launcher (process ${claim.pid}) is gone and recorded no end`;
  const job = await folder.job(entry.key);
  const lives = job !== undefined && system.startTimes([job.pid]).get(job.pid) === job.startTime;
  return lives ? `${gone}; the job itself still runs as process group ${job.pid}` : gone;
}
