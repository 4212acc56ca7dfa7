import { type AttemptFiles, type Claim, temporaryOf } from './attempt-files.ts';
import { codeOf, type Disk, flushFolder, remove, writeFlushed } from './disk.ts';

/**
 * Takes an attempt: of all who try, in whatever process and at whatever time,
 * one alone wins, for link(2) refuses a name that is there. When it answers
 * `won` the claim is on disk with its whole content, also through a power cut.
 *
 * Launcher and plugin both call it, which is what makes an attempt run at most
 * once: a plugin that does not know whether its launcher got that far takes the
 * claim itself, and the launcher that comes later finds it taken.
 *
 * @throws ClaimIncomplete when it is won, but may not be on disk; what the system
 *   says when it is not won because a file could not be written
 */
export function takeClaim(disk: Disk, files: AttemptFiles, claim: Claim): 'won' | 'lost' {
  const temporary = temporaryOf(files.claim, claim.pid);
  const won = linkClaim(disk, files, temporary, claim);
  if (!won) {
    remove(disk, temporary);
    return 'lost';
  }
  try {
    flushFolder(disk, files.folder);
    remove(disk, temporary);
  } catch (cause) {
    throw new ClaimIncomplete(cause);
  }
  return 'won';
}

/** The claim is taken, but a power cut may take it back: nothing may be run on it. */
export class ClaimIncomplete extends Error {
  constructor(cause: unknown) {
    super(`the claim may not be on disk: ${String(cause)}`, { cause });
  }
}

function linkClaim(disk: Disk, files: AttemptFiles, temporary: string, claim: Claim): boolean {
  writeFlushed(disk, temporary, JSON.stringify(claim));
  try {
    disk.linkSync(temporary, files.claim);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
