import { defineErrors } from '@ftctl/sdk';

/** Errors of the command line itself. */
export const cliErrors = defineErrors('CLI', {
  USAGE: {
    text: '{why}',
    meaning: 'The command line does not say what to do in a way that ftctl understands.',
    action: 'See `{help} --help`.',
  },
  NO_COMMAND: {
    text: 'there is no command {command}{hint}',
    meaning:
      'It is neither a command of ftctl nor of a plugin that is installed in this home. Nothing was done.',
    action: 'See `ftctl --help`; `ftctl plugin list` shows the plugins of this home.',
  },
  NOT_EXPLAINED: {
    text: 'nothing is known about {id}',
    meaning:
      'It is no error code of this ftctl, and no message of a plugin that is installed in this home.',
    action:
      'Check the spelling; a message of a plugin is explained where that plugin is installed.',
  },
  NOT_STOPPING: {
    text: 'the host runs and does not answer, so it was not told to stop',
    meaning: 'Its process is stopped or overloaded. Nothing was changed.',
    action: 'Try again, or run `ftctl down --force`, which kills it and then stops its plugins.',
  },
  NO_LOG: {
    text: 'there is no log of {process} in {folder}',
    meaning: 'It has not run yet in this home, or its log files were removed.',
    action: 'See the names of plugins with `ftctl plugin list`.',
  },
  NEEDS_CONFIG: {
    text: 'plugin {plugin} is installed, but its configuration is not complete: {why}',
    meaning: 'It is not started. What ran before goes on.',
    action: 'Set `plugins.{plugin}.config` in ftctl.yaml, then run `ftctl plugin enable {plugin}`.',
  },
  NOT_HEALTHY: {
    text: 'plugin {plugin} is installed and {state}: {reason}',
    meaning: 'It was started and does not work yet. Its files and configuration were kept.',
    action: 'Read `ftctl logs {plugin}`; take it out with `ftctl plugin remove {plugin}`.',
  },
  WENT_BACK: {
    text: 'plugin {plugin} {version} did not work, so {before} is in its place again: {reason}',
    meaning: 'The version that worked before was put back, with the configuration it had.',
    action: 'Read `ftctl logs {plugin}`, then correct what it says and add the new version again.',
  },
  DECLINED: {
    text: '{what} was not confirmed',
    meaning: 'Nothing was changed.',
    action: 'Answer with y, or give --yes when nobody can answer.',
  },
  SYSTEM: {
    text: 'the system refused: {why}',
    meaning: 'A file, folder or program could not be used.',
    action: 'Correct the cause named; `ftctl doctor` checks folders, owners and space.',
  },
  UNEXPECTED: {
    text: 'something that ftctl has no name for: {why}',
    meaning: 'This is a mistake in ftctl or in a plugin, not in what you did.',
    action: 'Run it again with FTCTL_DEBUG=1 and report what it prints.',
  },
});
