import { defineMessages } from '@ftctl/sdk';

/** What the mirror tells its operator. */
export const mirrorMessages = defineMessages({
  FTPM001I: {
    text: 'Copy {syncid} of plan {run} is loaded, {parts} parts in {seconds} s; it was taken because {why}.',
    explanation: 'Readers see it from now on; the rows of the one before are deleted bit by bit.',
    response: 'None.',
  },
  FTPM002W: {
    text: 'The database is away: {why}',
    explanation:
      'Changes wait in the mirrorbox, and the scheduler goes on. When the mirrorbox is full, a copy is taken once the database is back.',
    response: 'Check the database that the configuration names.',
  },
  FTPM003I: {
    text: 'The database is back after {seconds} s.',
    explanation: 'The mirror goes on from where it stopped, or says why it cannot.',
    response: 'None.',
  },
  FTPM004W: {
    text: 'A copy of the plan is needed because {why}; the next try is in {seconds} s.',
    explanation: 'Copies in a row wait longer each time, so that they burden nobody.',
    response: 'See `ftctl plan status`. `ftctl plan resync` does not wait.',
  },
  FTPM005W: {
    text: 'Another master mirrors its plan into {database}: its epoch is {claimed}, here it is {own}.',
    explanation: 'This mirror does not write there any more.',
    response: 'None after a switch of the master. Two networks need two databases.',
  },
  FTPM006I: {
    text: 'The database equals the plan: {streams} streams were compared.',
    explanation: 'Hashes of every stream and its jobs, of the workstations and of the prompts.',
    response: 'None.',
  },
  FTPM007W: {
    text: 'The database differs from the plan in {count} of {streams} streams; {why}.',
    explanation:
      'Somebody else wrote into its tables, or the mirror has a fault. `ftctl plan checksync` names the streams.',
    response: 'Take a copy with `ftctl plan resync`. Report it when it comes back.',
  },
  FTPM008W: {
    text: 'The database could not be compared with the plan: {why}.',
    explanation: 'It may be right all the same.',
    response: 'See `ftctl plan status`, then try `ftctl plan checksync` again.',
  },
  FTPM009W: {
    text: 'Readers are answered from Symphony: {why}',
    explanation:
      'The scheduler answers from memory, few at a time; there is no history of jobs. The page says so.',
    response: 'Check the database that the configuration names, and `ftctl plan status`.',
  },
  FTPM010I: {
    text: 'Readers are answered from the database again.',
    explanation: 'It has the plan, and answers.',
    response: 'None.',
  },
});
