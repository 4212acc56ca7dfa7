import { defineErrors } from '@ftctl/sdk';

export const jobErrors = defineErrors('TWS', {
  NO_LOG: {
    text: 'there is no log of {job}, attempt {attempt}, on this host',
    meaning: 'The job has not run here, it has printed nothing yet, or its log was cleaned up.',
    action: 'Look with `ftctl tws showjobs` where and whether it ran.',
  },
});
