import { defineErrors } from '@ftctl/sdk';

/** Errors of the simulated world: always a mistake of a simulation, never of the simulated plugin. */
export const simErrors = defineErrors('SIM', {
  UNKNOWN_HOST: {
    text: 'this world has no host {host}',
    meaning: 'A simulation named a host that it has not added.',
    action: 'Call `world.addHost` first.',
  },
  MISUSE: {
    text: 'wrong use of the simulated world: {why}',
    meaning: 'The simulation asked for something that makes no sense at this point.',
    action: 'Correct the simulation.',
  },
  NOT_IN_TIME: {
    text: 'after {ms} ms of virtual time still waiting for: {what}',
    meaning: 'The simulated plugins never reached the state that the simulation waited for.',
    action: 'Read the history of the run; replay it with its seed.',
  },
  TOO_MANY_EVENTS: {
    text: 'more than {limit} events at virtual time {at} ms ({scope})',
    meaning: 'Something in the simulation calls itself without end.',
    action: 'Look for a timer of 0 ms that sets itself again, or raise `maxEvents`.',
  },
  HISTORY_FULL: {
    text: 'the history holds {limit} entries, its limit',
    meaning: 'The simulation records more than fits into memory.',
    action: 'Record less, or raise `maxHistory`.',
  },
});
