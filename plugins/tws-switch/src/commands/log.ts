import type { JobId } from '@ftctl/plan';
import { type CommandCall, type CommandResult, isFtError, sleep } from '@ftctl/sdk';
import { isRunning } from '../core/batchman/satisfied.ts';
import { selectJobs } from '../core/conman/select.ts';
import type { Workstation } from '../workstation.ts';
import { commandErrors } from './errors.ts';
import { selectionOf } from './selection.ts';

/** Between two looks at a log that is followed. */
const LOOK_MS = 250;
/** As shells tell that a signal has ended a command. */
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143, gone: 143 } as const;

/** `log JOB`: what it has printed; with `--follow` until it ends. On the host where it runs. */
export async function log(station: Workstation, call: CommandCall): Promise<CommandResult> {
  const job = jobOf(station, call);
  const { clock } = station.desk.ctx;
  const { plan } = station.desk.book;
  const attempt = Number(call.options.attempt ?? plan.job(job).s?.attempt ?? 0);
  let exitCode: number | undefined;
  call.onInterrupt((signal) => {
    exitCode ??= INTERRUPTED[signal];
  });
  let bytes = 0;
  for (;;) {
    // Asked first: what it prints last is read by the next look.
    const goesOn = call.options.follow === true && runs(job, attempt);
    bytes += await writeFrom(station, call, { job, attempt }, bytes).catch((error: unknown) => {
      // It has not begun to print.
      if (goesOn && isFtError(error, 'FT_JOB_NO_LOG')) return 0;
      throw error;
    });
    if (!goesOn || exitCode !== undefined) break;
    await sleep(clock, LOOK_MS);
  }
  const data = { job, attempt, bytes };
  return exitCode === undefined ? { data, text: '' } : { data, text: '', exitCode };

  function runs(id: JobId, of: number): boolean {
    const part = plan.job(id);
    return part.s?.attempt === of && isRunning(part);
  }
}

/** Hands over all that is there, piece by piece; how many bytes that were. */
async function writeFrom(
  station: Workstation,
  call: CommandCall,
  of: { readonly job: JobId; readonly attempt: number },
  from: number,
): Promise<number> {
  let at = from;
  for (;;) {
    const { bytes } = await station.options.runner.logs.read(of, { fromByte: at });
    if (bytes.length === 0) return at - from;
    call.write(bytes);
    at += bytes.length;
  }
}

function jobOf(station: Workstation, call: CommandCall): JobId {
  const text = typeof call.args.job === 'string' ? call.args.job : '';
  const [id, another] = selectJobs(station.desk.book.plan, selectionOf(text));
  if (id === undefined) throw commandErrors.NO_SUCH({ what: 'job', text });
  if (another !== undefined) throw commandErrors.SEVERAL({ text, first: id, second: another });
  return id;
}
