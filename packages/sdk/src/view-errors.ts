import { defineErrors } from './errors.ts';

/** What can go wrong between a view and whoever asks for it. */
export const viewErrors = defineErrors('VIEW', {
  NOT_FOUND: {
    text: '{plugin} has no view {path}',
    meaning: 'There is nothing under this address.',
    action: 'See /api/openapi.json of the dashboard for what there is.',
  },
  NOTHING_THERE: {
    text: '{path}: there is no such thing',
    meaning: 'The address is of something that is not there, or not any more.',
    action: 'Go back to the list that named it.',
  },
  BAD_QUERY: {
    text: '{path}: {where}: {why}',
    meaning: 'A value of the query is not what the view takes.',
    action: 'See /api/openapi.json of the dashboard for what it takes.',
  },
});
