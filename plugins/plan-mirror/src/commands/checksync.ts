import { NETWORK } from '@ftctl/plan/source';
import { type CommandCall, type CommandResult, type PluginContext, sleep } from '@ftctl/sdk';
import type { CheckStatus } from '../checking.ts';
import { mirrorErrors } from '../errors.ts';
import type { Mirror } from '../mirror.ts';

const LOOK_MS = 500;
const MAX_TIMEOUT_SECONDS = 86_400;
/** As everywhere in `ftctl`: the check was made and found problems. */
const EXIT_DIFFERENT = 6;
const EXIT_FAILED = 1;

/**
 * `ftctl plan checksync`: waits for a copy that is under way, then compares the
 * database with the plan, stream by stream.
 */
export async function checksync(
  mirror: Mirror,
  { clock }: PluginContext<unknown>,
  call: CommandCall,
): Promise<CommandResult> {
  const timeoutMs = timeoutOf(call.options.timeout) * 1_000;
  const untilMs = clock.monotonic() + timeoutMs;
  const { checking } = mirror;
  let isGone = false;
  call.onInterrupt(() => {
    isGone = true;
  });
  const ended = checking.ask();
  mirror.wake();
  for (let told = ''; !isGone; ) {
    const line = progressOf(mirror);
    if (line !== told) call.write(`${line}\n`, 'stderr');
    told = line;
    if (clock.monotonic() >= untilMs) {
      return { data: { ...checking.status }, text: `not done: ${line}`, exitCode: EXIT_FAILED };
    }
    const status = await Promise.race([ended, sleep(clock, LOOK_MS)]);
    if (status !== undefined) return resultOf(status);
  }
  return resultOf(checking.status);
}

function resultOf(status: CheckStatus | undefined): CommandResult {
  if (status === undefined) return { data: null, exitCode: EXIT_FAILED };
  const { state, streams, different, why } = status;
  if (state === 'equal') {
    return { data: status, text: `the database equals the plan, ${streams} streams` };
  }
  if (state !== 'different') {
    return { data: status, text: `not done: ${why ?? 'interrupted'}`, exitCode: EXIT_FAILED };
  }
  return {
    data: status,
    text: `the database differs from the plan: ${why}. Take a copy with \`ftctl plan resync\`.`,
    table: {
      columns: ['DIFFERS'],
      rows: different.map((stream) => [stream === NETWORK ? 'workstations and prompts' : stream]),
    },
    exitCode: EXIT_DIFFERENT,
  };
}

function progressOf(mirror: Mirror): string {
  const { phase, why, progress } = mirror.status();
  const { state, streams = 0, compared = 0 } = mirror.checking.status ?? {};
  if (state === 'comparing') return `comparing: ${compared} of ${streams} streams`;
  if (progress !== undefined) {
    const { step, done, parts } = progress;
    return `resync, ${step}: ${done} of ${parts} parts`;
  }
  if (phase === 'following') return 'the comparison begins';
  return why === undefined ? phase : `${phase}: ${why}`;
}

function timeoutOf(option: string | boolean | undefined): number {
  const seconds = Number(option);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS) return seconds;
  const why = `seconds, up to ${MAX_TIMEOUT_SECONDS}`;
  throw mirrorErrors.ARGUMENT({ what: '--timeout', why });
}
