import { defineErrors } from '@ftctl/sdk';

export const mirrorErrors = defineErrors('MIRROR', {
  DATABASE: {
    text: '{name}: {why}',
    meaning:
      'The database cannot be reached, or refused what the mirror wanted to write. Scheduling goes on; what changes meanwhile waits in the mirrorbox.',
    action: 'Check the database. The mirror tries again by itself and loses nothing.',
  },
  SUPERSEDED: {
    text: 'a copy {claimed} was begun in the database, this one is {own}',
    meaning:
      'Another master mirrors its plan into the same database, and this one must not write there any more.',
    action: 'None after a switch of the master. Two networks need two databases.',
  },
  COPY_FAILED: {
    text: 'no copy of the plan: {why}',
    meaning: 'The scheduler could not write it. The plan that is shown stays as it is.',
    action: 'See the reason. The mirror tries again by itself, at growing intervals.',
  },
  COPY_DAMAGED: {
    text: '{file}, line {line}: {why}',
    meaning: 'The file is not what the scheduler has written. It is not loaded.',
    action: 'Check the disk. The mirror takes another copy by itself.',
  },
  NOT_FOLLOWING: {
    text: 'no plan is mirrored: {why}',
    meaning: 'There is nothing to ask for or to take a copy of at present.',
    action: 'See `ftctl plan status`, on the master.',
  },
  ARGUMENT: {
    text: '{what}: {why}',
    meaning: 'The command does not understand what it was given; nothing was done.',
    action: 'See `ftctl plan --help`.',
  },
});
