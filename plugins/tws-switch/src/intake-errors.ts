import { defineErrors } from '@ftctl/sdk';

export const intakeErrors = defineErrors('TWS', {
  NO_SESSION: {
    text: 'host {host} sent messages without an open session',
    meaning:
      'A link came up before the workstations had agreed. The messages stay with the sender.',
    action: 'Nothing to do when it passes; else compare `ftctl tws showcpus` on both hosts.',
  },
  NOT_NOW: {
    text: 'no messages can be taken in at present: {why}',
    meaning: 'The messages stay with the sender and come again.',
    action: 'Look at `ftctl tws doctor` on this host.',
  },
  NOT_ITS_OWN: {
    text: 'workstation {from} sent a message of {origin} as its own',
    meaning: 'The sender is not a workstation of this network as it should be; nothing was taken.',
    action: 'Compare versions and topology files of both hosts.',
  },
  NOT_MANAGER: {
    text: '{from} sends as manager of {domain}, which {manager} manages',
    meaning:
      'An old manager has not heard of the switch yet. What it sends is kept elsewhere, too, and comes from the new one.',
    action: 'Nothing to do when it passes; else look at `ftctl tws doctor` on {from}.',
  },
});
