import { defineErrors } from './errors.ts';

export const codecErrors = defineErrors('CODEC', {
  INVALID: {
    text: 'these bytes are not a valid {what}: {why}',
    meaning: 'A record or a message from a peer could not be read, and was not used.',
    action:
      'Check that both sides run versions that understand each other (`ftctl plugin list`); if the bytes come from this disk, run `ftctl doctor`.',
  },
});
