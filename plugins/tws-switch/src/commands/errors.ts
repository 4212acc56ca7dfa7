import { defineErrors } from '@ftctl/sdk';

export const commandErrors = defineErrors('TWS', {
  ARGUMENT: {
    text: '{what}: {why}',
    meaning: 'The command was not understood; nothing was changed.',
    action: 'See `ftctl tws --help` and the README of the plugin.',
  },
  NO_SUCH: {
    text: 'there is no {what} {text} in the plan as this workstation knows it',
    meaning: 'Nothing was changed. A plain agent knows only what concerns itself.',
    action:
      'Look with `ftctl tws showjobs`, `showschedules` or `showcpus`; on the master all is known.',
  },
  SEVERAL: {
    text: '"{text}" may be {first} or {second}',
    meaning: 'One object was meant, and several fit; nothing was changed.',
    action: 'Name the run: WS#STREAM(RUN).JOB.',
  },
  TOO_MANY: {
    text: 'the selection fits {count} objects, {limit} at most are changed at once',
    meaning: 'Nothing was changed.',
    action: 'Select fewer.',
  },
  NOT_RUNNING: {
    text: 'the workstation is not running: {why}',
    meaning: 'The plugin starts, or its store refuses; nothing was done.',
    action: 'Try again in a moment; look at `ftctl status`.',
  },
});
