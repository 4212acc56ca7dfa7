import type { Command, CommandOutcome, WorkstationName } from '@ftctl/plan';
import type { CommandResult } from '@ftctl/sdk';
import type { Workstation } from '../workstation.ts';

/** How long a command waits to be in custody, and then for its owner's answer. */
const CUSTODY_MS = 3_000;
const ANSWER_MS = 5_000;

export interface RequestOptions {
  /** Refuse what is not in custody in time, in place of a warning. */
  readonly strict: boolean;
}

/** What became of one request, as `--json` prints it. */
export interface RequestResult {
  readonly owner: WorkstationName;
  readonly command: Command;
  readonly id: string;
  readonly inCustody: boolean;
  readonly warning?: string;
  /** Absent while the owner has not answered. */
  readonly outcome?: CommandOutcome;
}

/** Gives a request to the owner of what it changes, and waits for custody and the answer. */
export async function request(
  station: Workstation,
  owner: WorkstationName,
  command: Command,
): Promise<RequestResult> {
  const { message, seq } = await station.ask(owner, command);
  const answered = new Promise<CommandOutcome | undefined>((resolve) => {
    station.requests.onAnswer(message, resolve);
    station.desk.ctx.clock.setTimer(CUSTODY_MS + ANSWER_MS, () => resolve(undefined));
  });
  const custody = await station.custody.wait(seq, CUSTODY_MS);
  const outcome = await Promise.race([
    answered,
    new Promise<undefined>((resolve) => {
      station.desk.ctx.clock.setTimer(ANSWER_MS, () => resolve(undefined));
    }),
  ]);
  return {
    owner,
    command,
    id: `${message.ws}/${message.inc}/${message.id}`,
    inCustody: custody.inCustody,
    ...(custody.why === undefined ? {} : { warning: custody.why }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** For people, and the exit code: 0 done or accepted, 1 refused, 3 with `--strict` and not in custody. */
export function requestsResult(
  results: readonly RequestResult[],
  { strict }: RequestOptions,
): CommandResult {
  const lines = results.flatMap(({ owner, command, outcome, inCustody, warning }) => {
    const what = `${command.c} at ${owner}`;
    const custody = inCustody
      ? []
      : [`${strict ? 'Not accepted' : 'Warning'}: ${what} is on this host alone: ${warning}`];
    if (outcome === undefined)
      return [...custody, `${what}: accepted, pending until ${owner} answers`];
    if (outcome.ok) return [...custody, `${what}: ${outcome.text ?? 'done'}`];
    return [...custody, `${what}: refused (${outcome.code}): ${outcome.text}`];
  });
  const isRefused = results.some(({ outcome }) => outcome?.ok === false);
  const isUncovered = strict && results.some(({ inCustody }) => !inCustody);
  return {
    data: results,
    text: lines.join('\n'),
    exitCode: isUncovered ? 3 : isRefused ? 1 : 0,
  };
}
