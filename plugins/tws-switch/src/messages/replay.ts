import { defineMessages } from '@ftctl/sdk';

const NO_FILES =
  'markers, ftboxes and counters lie in one store and change in one commit, or not at all';

/** Mailman: ftboxes, replay, isolation. Ids are the field's; texts are this system's. */
export const replayMessages = defineMessages({
  AWSBCV125E: {
    text: 'ftbox {box} of {agent} cannot be written: {why}',
    explanation: 'The store refused it. The message is not acknowledged, so its sender keeps it.',
    response: 'Make room on the disk of this host; do not make it manager meanwhile.',
    cannotOccur:
      'an ftbox is written in the commit that applies the message: AWSBAT004E tells when that fails',
  },
  AWSBCV126E: {
    text: 'The event counter is out of service: {why}',
    explanation:
      'The store refuses commits; this workstation takes nothing in until it works again.',
    response: 'Make room on the disk of this host, or repair it; nothing is lost meanwhile.',
    cannotOccur: 'the counter has no process of its own: AWSBAT004E tells when its store refuses',
  },
  AWSBCV127W: {
    text: 'A message of an extended agent has the id 0.',
    explanation: 'It could not be told apart from others.',
    response: 'None.',
    cannotOccur: 'an extended agent sends nothing itself; its host does, and gives ids',
  },
  AWSBCV128E: {
    text: 'ACK to {agent} could not be sent: {why}',
    explanation:
      'The next block of its event counter could not be asked for; asking for it acknowledges the last one. The replay begins again.',
    response: 'None when it passes; else look at the network to {agent}.',
  },
  AWSBCV129E: {
    text: 'NACK to {agent} could not be sent: {why}',
    explanation: 'A block of its event counter was not understood, and it could not be told.',
    response: 'None when it passes; else look at the network to {agent}.',
    cannotOccur:
      'a manager that has not understood a block asks for it again; nothing is sent back',
  },
  AWSBCV130I: {
    text: 'Replay with {agent} begins.',
    explanation:
      'This workstation manages the domain since a switch and asks what {agent} has already.',
    response: 'None.',
  },
  AWSBCV131I: {
    text: 'Replay with {agent} is finished: {count} messages.',
    explanation: 'What it lacked is on the way to it; from now on it is sent what comes.',
    response: 'None.',
  },
  AWSBCV132E: {
    text: 'The marker {agent}_replayed cannot be written.',
    explanation: 'The replay would be repeated with the next link.',
    response: 'None.',
    cannotOccur: NO_FILES,
  },
  AWSBCV133W: {
    text: 'ftbox {box} cannot be emptied.',
    explanation: 'At a new plan the original empties the box for what goes down.',
    response: 'None.',
    cannotOccur:
      'an ftbox is emptied of what every neighbour has, all the time; a new plan changes nothing in it',
  },
  AWSBCV134W: {
    text: 'Reduced replay with {agent}: {why}',
    explanation:
      'Its event counter cannot be had. All is sent that is kept, and {agent} drops what it has; with `replay: classic` everything goes up and nothing down.',
    response: 'None; with `replay: classic` compare the states of jobs on both sides.',
  },
  AWSBCV135W: {
    text: '{agent} is isolated: {why}',
    explanation:
      'It managed its domain and does not know whether it still does, so it sends nothing as manager until a majority of the voters has told it. A restart does not end this.',
    response: 'Let it reach the voters, or switch the domain; `ftctl tws start --mgr` overrides.',
  },
  AWSBCV137W: {
    text: 'Messages {from} to {to} of {origin} are lost for this domain, as far as can be seen.',
    explanation:
      'Another workstation has applied them, and nobody in reach can supply them. States that follow from them may be old until the owner says them again.',
    response:
      'Compare the jobs of that workstation there and here; make the ftbox larger (`ftctl tws evtsize`).',
  },
});
