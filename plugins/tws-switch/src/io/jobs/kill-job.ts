import type { Claim } from '../../launcher/attempt-files.ts';
import type { JobFolder } from './job-folder.ts';
import { type JobSystem, running, signalJob } from './system.ts';

/** Time for a launcher to do what it was asked, beside the job's own. */
const LAUNCHER_MARGIN_MS = 2_000;

/**
 * Kills the job of a claimed attempt. Its launcher does it, for only a parent
 * can be sure that the group is still the job's; where the launcher is gone or
 * does not answer, the job's own process is signalled if it is exactly that one.
 * Nothing else is ever hit.
 */
export async function killJob(
  folder: JobFolder,
  system: JobSystem,
  key: string,
  claim: Claim,
  graceMs: number,
): Promise<void> {
  const hasLauncher = running(system, [claim]).has(claim) && system.signal(claim.pid, 'SIGTERM');
  const job = await folder.job(key);
  if (job === undefined || claim.boot !== system.bootId()) return;
  if (!hasLauncher) signalJob(system, job, 'SIGTERM');
  const waitMs = hasLauncher ? graceMs + LAUNCHER_MARGIN_MS : graceMs;
  setTimeout(() => signalJob(system, job, 'SIGKILL'), waitMs).unref();
}
