import { defineErrors } from '@ftctl/sdk';

/** What the source of a plan answers to mirrors. */
export const sourceErrors = defineErrors('SOURCE', {
  NOT_MASTER: {
    text: '{workstation} does not manage the root domain',
    meaning: 'Only the plan of the acting master is mirrored; another host mirrors it now.',
    action:
      'See who is the master with `ftctl tws showcpus`. After a switch to here it begins by itself.',
  },
  NO_PLAN: {
    text: '{workstation} has no plan yet',
    meaning: 'There is nothing to mirror before the first plan.',
    action: 'Make one with `ftctl tws jnextday`. The mirror then begins by itself.',
  },
  BUSY: {
    text: '{workstation} answers other watchers',
    meaning:
      'While there is no mirror to ask, the scheduler answers from memory, few at a time, so that watchers do not burden it.',
    action: 'Ask again. Bring the database of the mirror back: it answers any number.',
  },
  SINFONIA_QUOTA: {
    text: 'Sinfonia.{syncid} would have {bytes} bytes, its quota is {quota}',
    meaning: 'No copy of the plan is written, so the mirror cannot be loaded. Scheduling goes on.',
    action: 'Raise limits.sinfoniaMb of tws-switch in ftctl.yaml, then run `ftctl reload`.',
  },
  SINFONIA_ROOM: {
    text: 'Sinfonia.{syncid} would have {bytes} bytes, the disk has {free} left',
    meaning:
      'A copy of the plan leaves some room for scheduling, so none is written, and the mirror cannot be loaded. Scheduling goes on.',
    action: 'Make room on the disk of the data folder. The mirror tries again by itself.',
  },
});
