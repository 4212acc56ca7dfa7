import { defineErrors } from '@ftctl/sdk';

/** Errors of running jobs. */
export const jobErrors = defineErrors('JOB', {
  FOLDER: {
    text: 'the folder for jobs {folder} cannot be used: {why}',
    meaning: 'This workstation can neither launch jobs nor find out about those that run.',
    action:
      'Make {folder} writable for the user who runs ftctl; the plugin starts again by itself.',
  },
  NAME: {
    text: '{name} attempt {attempt} cannot be a job here: {why}',
    meaning: 'The name of a job becomes the name of a file; this one cannot.',
    action: 'Name the job as `ftctl tws showjobs` does, and its attempt by a number from 1 on.',
  },
  NO_LOG: {
    text: 'there is no log of {job} attempt {attempt}',
    meaning:
      'It was never launched on this workstation, or its log was removed because of its age or size.',
    action: 'Ask the workstation on which the job ran, or keep logs for longer in the config.',
  },
});
