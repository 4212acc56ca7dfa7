import { defineErrors } from './errors.ts';

/** Errors of asking the provider of a capability, in the real host and in the simulated one. */
export const capabilityErrors = defineErrors('CAPABILITY', {
  NOT_PROVIDED: {
    text: 'no plugin of this host provides {capability}',
    meaning:
      'The plugin can use what another one offers, and that one is not installed or enabled.',
    action: 'See `ftctl plugin list`; add or enable a plugin that provides {capability}.',
  },
  AWAY: {
    text: 'plugin {provider} did not answer {operation} of {capability}: {why}',
    meaning:
      'The plugin that provides it is starting, stopped, or busy. Whether it acted is not known.',
    action: 'See `ftctl status`. The question is asked again by itself.',
  },
  NOT_ANSWERED: {
    text: 'plugin {provider} knows no operation {operation} of {capability}',
    meaning: 'The two plugins are of versions that do not fit together.',
    action: 'Compare their versions with `ftctl plugin list`, and update the older one.',
  },
  BAD_ANSWER: {
    text: 'plugin {provider} answered {operation} of {capability} with something else: {why}',
    meaning: 'The two plugins are of versions that do not fit together, or one of them is wrong.',
    action: 'Compare their versions with `ftctl plugin list`, and update the older one.',
  },
});
