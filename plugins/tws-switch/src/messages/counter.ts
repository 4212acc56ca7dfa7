import { defineMessages } from '@ftctl/sdk';

const RESTART =
  'Nothing to do here: damage of the store is found when the plugin starts, and named there.';
const STORE =
  'Look at `ftctl store check`, and at the disk; the counter lies in the store of this plugin.';
const ONE_STORE =
  'the event counter is no file of its own: it is written in the commit that applies a message, or that commit fails as a whole';

/** Event counter. Ids are the field's; texts are this system's. */
export const counterMessages = defineMessages({
  AWSBAT001I: {
    text: 'Event counter: beginning with {origins} origins.',
    explanation:
      'The workstation has read from its store up to which message it has applied each origin.',
    response: 'None.',
  },
  AWSBAT002I: {
    text: 'Event counter: now of run {run}.',
    explanation:
      'A new plan was taken in. Ids go on across plans; only the run number is noted anew.',
    response: 'None. It comes once for each plan.',
  },
  AWSBAT003E: {
    text: 'Event counter: cannot begin: {why}',
    explanation:
      'The store of the plugin could not be read, so this workstation does not know what it has applied.',
    response: STORE,
    cannotOccur:
      'a store that cannot be read stops the start of the plugin, and is named by the host',
  },
  AWSBAT004E: {
    text: 'Event counter: stopped: {why}',
    explanation:
      'The store refused a commit. The workstation begins anew from what is on disk as soon as that works again; nothing is acknowledged meanwhile.',
    response: STORE,
  },
  AWSBAT005E: {
    text: 'Event counter: workstation {workstation} could not be entered: {why}',
    explanation: 'An origin could not be added to the counter.',
    response: RESTART,
    cannotOccur: 'an origin is entered with its first message, in the same commit',
  },
  AWSBAT006I: {
    text: 'Event counter: complete, {marks} marks.',
    explanation: 'The workstation knows what it has applied and takes messages in.',
    response: 'None.',
  },
  AWSBAT008E: {
    text: 'Event counter: the mark of {origin} cannot be read.',
    explanation: 'The store holds no readable mark of an origin.',
    response: STORE,
    cannotOccur:
      'all marks are read when the plugin starts; one that is damaged stops the start and is named',
  },
  AWSBAT011W: {
    text: 'Event counter: {count} messages of {origin} came again and were dropped.',
    explanation:
      'They had been applied already. This is normal during a switch: both managers may have sent them.',
    response: 'None.',
  },
  AWSBAT012E: {
    text: 'Event counter: the mark of {origin} cannot be set.',
    explanation: 'A message was applied and its id was not noted.',
    response: STORE,
    cannotOccur: ONE_STORE,
  },
  AWSBAT015E: {
    text: 'Event counter: cannot be saved: {why}',
    explanation: 'The counter in memory is ahead of the one on disk.',
    response: STORE,
    cannotOccur: ONE_STORE,
  },
  AWSBAT050I: {
    text: 'Event counter: made new.',
    explanation:
      'The store of this workstation is new. When others know it, it takes another incarnation and learns from them what it said.',
    response: 'None at the first start; after a loss of the disk see `ftctl tws unhold`.',
  },
  AWSBAT051I: {
    text: 'Event counter: read from the store.',
    explanation: 'The workstation goes on where it stopped.',
    response: 'None.',
  },
  AWSBAT052I: {
    text: 'Event counter: written under run {stored}, the plan is of run {run}.',
    explanation: 'A new plan came. Normal once for each plan.',
    response: 'None.',
  },
  AWSBAT053I: {
    text: 'Event counter: written under run {stored}, and the plan is of the older run {run}.',
    explanation: 'The store was restored from a backup, or the plan is on its way.',
    response: 'None when it passes; else compare `ftctl tws showcpus` here and on the master.',
    cannotOccur: 'the counter and the plan lie in one store, and are restored together',
  },
  AWSBAT054I: {
    text: 'Event counter: cannot be opened.',
    explanation: 'The counter is there and cannot be read.',
    response: STORE,
    cannotOccur:
      'it is a part of the store; when that cannot be opened the plugin does not start, and says why',
  },
  AWSBAT055I: {
    text: 'Event counter: cannot be made.',
    explanation: 'There is no counter and none can be written.',
    response: STORE,
    cannotOccur:
      'it is a part of the store; when that cannot be opened the plugin does not start, and says why',
  },
  AWSBAT056E: {
    text: 'Event counter: the system says {why}',
    explanation: 'The operating system refused an access to the store.',
    response: STORE,
    cannotOccur: 'what the system says stands in AWSBAT004E',
  },
  AWSBAT057I: {
    text: 'Event counter: damaged.',
    explanation: 'A checksum does not fit.',
    response: STORE,
    cannotOccur:
      'a damaged store is refused before it is used, and the damaged page is named (FT_STORE_CORRUPT)',
  },
  AWSBAT058I: {
    text: 'Event counter: a field holds a wrong value.',
    explanation: 'A mark is no number.',
    response: STORE,
    cannotOccur: 'marks are numbers by their form in the store',
  },
  AWSBAT059I: {
    text: 'Event counter: a field is empty.',
    explanation: 'A mark has no value.',
    response: STORE,
    cannotOccur: 'an origin without a value is one of which nothing was applied',
  },
});
