import { defineErrors } from '@ftctl/sdk';

export const planErrors = defineErrors('PLAN', {
  TOPOLOGY: {
    text: '{file} is no valid topology:\n{problems}',
    meaning: 'The network that it describes cannot be run; the one that runs is not touched.',
    action: 'Correct the lines named; all hosts of the network need the same file.',
  },
  DEFINITIONS: {
    text: '{file} is no valid plan file:\n{problems}',
    meaning: 'No plan can be made of it; the plan that runs is not touched.',
    action: 'Correct the lines named.',
  },
  WORKFLOW: {
    text: '{file} cannot be imported: {why}',
    meaning: 'It is no workflow in WfFormat as it is understood here (versions 1.4 and 1.5).',
    action: 'Check the file; https://wfcommons.org describes the format.',
  },
  NO_FILE: {
    text: 'cannot read {file}: {why}',
    meaning: 'The file that the configuration names is not there, or may not be read.',
    action: 'Check the path in the configuration, and who may read it.',
  },
});
