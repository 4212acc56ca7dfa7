import { defineMessages } from '@ftctl/sdk';

const ASKED =
  'the manager asks for each block of the counter, and tells AWSBCV128E when one does not come';
const STORE_FOLDER =
  'ftboxes lie in the store of the plugin, whose folder the host makes with mode 0700';

/** Transfer of plans and counters, and the place of the ftboxes. Ids are the field's; texts are this system's. */
export const transferMessages = defineMessages({
  AWSBCW048E: {
    text: 'A block of the plan with {bytes} bytes cannot be unpacked.',
    explanation: 'A page of the plan came damaged.',
    response: 'None.',
    cannotOccur: 'the plan travels unpacked, over links that check it',
  },
  AWSBCW049E: {
    text: 'A block of the plan has {bytes} bytes unpacked.',
    explanation: 'Tells the size of a page that could not be used.',
    response: 'None.',
    cannotOccur: 'the plan travels unpacked, over links that check it',
  },
  AWSBCW052E: {
    text: 'The head of the event counter could not be sent to {agent}: {why}',
    explanation: 'The first block of the counter was not delivered. The manager asks again.',
    response: 'None when it passes; else look at the network to {agent}.',
    cannotOccur: ASKED,
  },
  AWSBCW053E: {
    text: 'Values of the event counter could not be sent to {agent}: {why}',
    explanation: 'A block of the counter was not delivered. The manager asks again.',
    response: 'None when it passes; else look at the network to {agent}.',
    cannotOccur: ASKED,
  },
  AWSBCW054E: {
    text: '{agent} did not confirm the event counter: {why}',
    explanation: 'The manager has not asked for the next block. It begins again.',
    response: 'None when it passes; else look at the network to {agent}.',
    cannotOccur: ASKED,
  },
  AWSBDY201E: {
    text: 'The folder {folder} cannot be made: {why}',
    explanation: 'There is no place for the ftboxes.',
    response: 'Look who owns the home of ftctl.',
    cannotOccur: STORE_FOLDER,
  },
  AWSBDY202E: {
    text: 'The rights of the folder {folder} cannot be changed: {why}',
    explanation: 'Others might read the ftboxes.',
    response: 'Look who owns the home of ftctl.',
    cannotOccur: STORE_FOLDER,
  },
  AWSBDY203E: {
    text: 'The owner of the folder {folder} cannot be changed: {why}',
    explanation: 'The ftboxes would belong to somebody else.',
    response: 'Look who owns the home of ftctl.',
    cannotOccur: STORE_FOLDER,
  },
});
