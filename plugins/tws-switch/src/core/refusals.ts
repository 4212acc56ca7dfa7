import type { CommandOutcome } from '@ftctl/plan';
import { defineErrors, type FtError } from '@ftctl/sdk';

/** Why an owner refuses a request, or a workstation a session. */
export const refusals = defineErrors('TWS', {
  NO_OBJECT: {
    text: 'there is no {kind} {id} in the plan of its workstation',
    meaning: 'It was archived by a newer plan, or it was never there; nothing was changed.',
    action: 'Look with `ftctl tws showjobs` and `showschedules` on the master.',
  },
  CIRCLE: {
    text: '{kind} {id} cannot end before {stream} has ended',
    meaning: 'A job of that stream which follows it would wait for itself; nothing was changed.',
    action: 'Submit it as a stream of its own, without `--into`, or let it follow something else.',
  },
  JOB_RUNS: {
    text: '{job} runs',
    meaning: 'What runs cannot be cancelled; nothing was changed.',
    action: 'End it with `ftctl tws kill {job}`.',
  },
  JOB_BEGUN: {
    text: '{job} has begun already: {state}',
    meaning: 'It waits for nothing any more; nothing was changed.',
    action: 'None is needed; `ftctl tws showjobs {job}` shows how far it is.',
  },
  HAS_ENDED: {
    text: '{id} has ended',
    meaning: 'There is nothing left to cancel; nothing was changed.',
    action: 'To run a job again: `ftctl tws rerun`.',
  },
  JOB_NOT_ENDED: {
    text: '{job} has not ended: {state}',
    meaning: 'Only a job that has ended is run again; nothing was changed.',
    action: 'Wait for its end, or end it with `ftctl tws kill {job}`.',
  },
  JOB_NOT_RUNNING: {
    text: '{job} does not run: {state}',
    meaning: 'There is no process to end; nothing was changed.',
    action: 'To keep it from running: `ftctl tws cancel {job}`.',
  },
  NOTHING_TO_CONFIRM: {
    text: '{job} is {state}: nothing to confirm',
    meaning: 'Jobs in EXEC, DONE, PEND, ABEND and FAIL are confirmed; nothing was changed.',
    action: 'Look with `ftctl tws showjobs {job}`.',
  },
  NOT_MASTER: {
    text: '{workstation} is not the acting master',
    meaning: 'The domain was switched meanwhile, or its manager is isolated; nothing was changed.',
    action:
      'See who manages the root domain with `ftctl tws showcpus`, and give the command again.',
  },
  NOT_ACTING: {
    text: '{workstation} does not act as manager of its domain',
    meaning: 'The domain was switched meanwhile, or its manager is isolated; nothing was changed.',
    action: 'See who manages it with `ftctl tws showcpus`, and give the command again.',
  },
  NOT_OWNER: {
    text: '{workstation} does not decide for {of} now',
    meaning:
      'The manager of the domain was switched meanwhile, or waits for its lease; nothing was changed.',
    action: 'See who manages the domain with `ftctl tws showcpus`, and give the command again.',
  },
  LEARNING: {
    text: 'the store of {workstation} is new or restored, and it has not heard yet what it said before',
    meaning: 'What it would do now would go by an old plan; nothing was changed.',
    action: 'Give the command again in a moment; `ftctl tws doctor` shows for whom it waits.',
  },
  NO_PLAN: {
    text: 'there is no plan yet',
    meaning: 'Jobs can be added only to a plan that runs.',
    action: 'Make one with `ftctl tws jnextday`.',
  },
  TURNOVER: {
    text: 'the plan before is not everywhere yet: {why}',
    meaning: 'A new plan is made only when its forerunner was announced; nothing was changed.',
    action: 'Wait a moment; `ftctl tws doctor` on the master tells what it waits for.',
  },
  NO_DEFINITIONS: {
    text: 'there is no plan file',
    meaning: 'The master does not know what to run; nothing was changed.',
    action:
      'Set `plan` in the config of tws-switch on the master, or give one: `jnextday --plan FILE`.',
  },
  TOO_OLD: {
    text: 'switch fault tolerance cannot be turned on: {workstations} run a version that does not know it',
    meaning: 'No plan was made; the present one goes on.',
    action:
      'Install the present version of tws-switch there (`ftctl plugin add`), or leave `enable switch fault tolerance` off until that is done.',
  },
  ANSWER_LOST: {
    text: 'the owner has answered, and the answer was given up on its way',
    meaning:
      'A workstation was away for so long that what waited for it was given up; a copy of the plan took its place, which shows what came of the request and not how it was answered.',
    action: 'Look at the object with `ftctl tws showjobs`, `showschedules` or `showcpus`.',
  },
  NOT_ITS_NODE: {
    text: 'host {host} is not the node of workstation {workstation} here',
    meaning: 'The two hosts do not agree on who is who, so they do not talk.',
    action: 'Compare the topology files, and `workstation` in the config of {host}.',
  },
  UNLINKED: {
    text: '{workstation} is unlinked',
    meaning: 'An operator, or `autolink: off`, keeps its connections closed.',
    action: 'Open them with `ftctl tws link {workstation}`.',
  },
  OTHER_TOPOLOGY: {
    text: 'another topology: {there} there, {here} here',
    meaning: 'The two hosts have read different topology files, so they do not talk.',
    action: 'Give all hosts the same file, then `ftctl restart` them.',
  },
  NOT_INITIALISED: {
    text: 'not initialised yet: has plan {own} of {wanted}',
    meaning: 'It fetches the newer plan from its manager first.',
    action: 'None when it passes; else look at its link to its manager.',
  },
});

/** As an owner answers it: what is the case, and what to do. */
export function refused({
  code,
  message,
  action,
}: FtError): Extract<CommandOutcome, { ok: false }> {
  return { ok: false, code, text: `${message}. ${action}` };
}

/** As it is told to a peer that asks for a session. */
export function noSession({ code, message, action }: FtError): { code: string; why: string } {
  return { code, why: `${message}. ${action}` };
}
