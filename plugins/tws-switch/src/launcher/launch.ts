import {
  type AttemptFiles,
  attemptFiles,
  type Claim,
  type ExitRecord,
  LAUNCHER_EXIT,
  type LaunchIntent,
  temporaryOf,
} from './attempt-files.ts';
import { ClaimIncomplete, takeClaim } from './claim.ts';
import { codeOf, type Disk, flushFolder, remove, writeFile, writeFlushed } from './disk.ts';
import { bootId, ownStartTime } from './identity.ts';
import { KillRequest } from './kill-request.ts';
import { runJob } from './run-job.ts';
import { say } from './say.ts';

/** Tries to write the exit record; after that nobody will know how the job ended. */
export const RECORD_TRIES = 20;
export const RECORD_RETRY_MS = 3_000;

/** Room for every exit record. */
const RECORD_BYTES = 1_024;
const MAX_WHY_CHARACTERS = 300;
const WITHDRAWN = 'this attempt was withdrawn';

export interface LaunchOptions {
  readonly disk: Disk;
  readonly recordTries?: number;
  readonly recordRetryMs?: number;
}

/**
 * Runs one attempt of a job, once and for all: claims it, runs its command,
 * records how it ended. What it does not claim it does not run. Lives as long as
 * the job and needs nobody: the plugin that started it may be dead.
 *
 * What it has to say goes to standard error, which is the job's log. Answers
 * the code with which this process ends (`LAUNCHER_EXIT`).
 */
export async function launch(folder: string, key: string, options: LaunchOptions): Promise<number> {
  const { disk } = options;
  const killRequest = new KillRequest();
  const files = attemptFiles(folder, key);
  const reserved = temporaryOf(files.exit, process.pid);
  const intent = readIntent(disk, files);
  if (typeof intent === 'number') return intent;
  const obstacle = prepare(disk, files, reserved);
  if (typeof obstacle === 'number') return obstacle;
  const record =
    obstacle ?? (await runJob(intent, killRequest, (job) => noteJob(disk, files, job)));
  return writeRecord(files, reserved, record, options);
}

function readIntent(disk: Disk, files: AttemptFiles): LaunchIntent | number {
  try {
    const intent: LaunchIntent = JSON.parse(disk.readFileSync(files.intent, 'utf8'));
    if (typeof intent.command === 'string' && typeof intent.cwd === 'string') return intent;
    return end(LAUNCHER_EXIT.unreadable, `${files.intent} names no command`);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return end(LAUNCHER_EXIT.withdrawn, WITHDRAWN);
    }
    return end(LAUNCHER_EXIT.unreadable, `cannot read ${files.intent}: ${String(error)}`);
  }
}

/**
 * Puts everything on disk that has to be there before the command runs.
 * Undefined when it may run; a record when the attempt is taken and must not run.
 */
function prepare(
  disk: Disk,
  files: AttemptFiles,
  reserved: string,
): number | ExitRecord | undefined {
  try {
    // Room for the exit record is taken now: a disk that is full when the job
    // ends does not matter then, on file systems that write in place.
    writeFile(disk, reserved, ' '.repeat(RECORD_BYTES));
    if (takeClaim(disk, files, ownClaim()) === 'lost') {
      remove(disk, reserved);
      return end(LAUNCHER_EXIT.taken, 'somebody else has claimed this attempt');
    }
    // Asked again behind the claim: `forget` removes the intent before the claim,
    // so a launcher that comes so late that it can claim anew finds no intent.
    if (disk.existsSync(files.intent)) return undefined;
    remove(disk, files.claim);
    remove(disk, reserved);
    return end(LAUNCHER_EXIT.withdrawn, WITHDRAWN);
  } catch (error) {
    if (error instanceof ClaimIncomplete) return { outcome: 'failed', why: error.message };
    tidy(disk, files, reserved);
    return end(LAUNCHER_EXIT.unwritten, `nothing was run: ${String(error)}`);
  }
}

function ownClaim(): Claim {
  const { pid } = process;
  return { by: 'launcher', pid, startTime: ownStartTime(), boot: bootId(), atMs: Date.now() };
}

/** The plugin learns from it which process group to kill when this launcher is gone. */
function noteJob(disk: Disk, files: AttemptFiles, job: object): void {
  try {
    writeFile(disk, files.job, JSON.stringify(job));
  } catch (error) {
    say(`the job's process was not noted: ${String(error)}`);
    removeIfPossible(disk, files.job);
  }
}

async function writeRecord(
  files: AttemptFiles,
  reserved: string,
  record: ExitRecord,
  options: LaunchOptions,
): Promise<number> {
  const { disk, recordTries = RECORD_TRIES, recordRetryMs = RECORD_RETRY_MS } = options;
  const text = JSON.stringify(short(record)).padEnd(RECORD_BYTES);
  let named = false;
  for (let tried = 1; ; tried += 1) {
    try {
      if (!named) {
        overwrite(disk, reserved, text);
        disk.renameSync(reserved, files.exit);
        named = true;
      }
      flushFolder(disk, files.folder);
      return LAUNCHER_EXIT.recorded;
    } catch (error) {
      say(`try ${tried} of ${recordTries} to record how the job ended: ${String(error)}`);
      if (tried >= recordTries) break;
      await new Promise((resolve) => setTimeout(resolve, recordRetryMs));
    }
  }
  return end(LAUNCHER_EXIT.unrecorded, `the job has ended, unrecorded: ${text.trim()}`);
}

/** In place, so that the room taken before is used; from new when that file has gone. */
function overwrite(disk: Disk, path: string, text: string): void {
  let handle: number;
  try {
    handle = disk.openSync(path, 'r+');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    writeFlushed(disk, path, text);
    return;
  }
  try {
    disk.writeSync(handle, text, 0);
    disk.fsyncSync(handle);
  } finally {
    disk.closeSync(handle);
  }
}

function short(record: ExitRecord): ExitRecord {
  if (record.outcome === 'ended') return record;
  return { ...record, why: record.why.slice(0, MAX_WHY_CHARACTERS) };
}

/** What is left behind all the same is swept by the plugin. */
function tidy(disk: Disk, files: AttemptFiles, reserved: string): void {
  removeIfPossible(disk, reserved);
  removeIfPossible(disk, temporaryOf(files.claim, process.pid));
}

function removeIfPossible(disk: Disk, path: string): void {
  try {
    remove(disk, path);
  } catch (error) {
    say(`${path} is left behind: ${String(error)}`);
  }
}

function end(code: number, text: string): number {
  say(text);
  return code;
}
