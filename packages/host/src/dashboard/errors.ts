import { defineErrors } from '@ftctl/sdk';

/** What the dashboard answers to who asks it for something. */
export const dashboardErrors = defineErrors('DASHBOARD', {
  LOGIN: {
    text: 'log in with the token first',
    meaning: 'The page of this host is open to those who have its token.',
    action:
      'Run `ftctl dashboard --token` on the host; programs send `Authorization: Bearer TOKEN`.',
  },
  TOKEN: {
    text: 'this is not the token',
    meaning: 'Another text was given than the token of this host.',
    action: 'Run `ftctl dashboard --token` on the host, and copy all of what it prints.',
  },
  NAME: {
    text: 'not reached as {name}',
    meaning:
      'A page of somebody else may have led the browser here: only its own names are answered.',
    action: 'Use the address that `ftctl dashboard` prints.',
  },
  NOTHING: {
    text: 'nothing is here',
    meaning: 'There is no page and no file under this address.',
    action: 'See /api/openapi.json for what there is.',
  },
  BUSY: {
    text: 'more than {limit} questions to {plugin} wait already',
    meaning:
      'Too many ask at the same time for answers that nobody has asked for in the last second.',
    action: 'Ask again in a moment, and less often.',
  },
  FAILED: {
    text: 'no answer: {why}',
    meaning: 'The plugin that should answer does not run, does not answer, or has failed.',
    action: 'See `ftctl status` and `ftctl logs` on that host.',
  },
});
