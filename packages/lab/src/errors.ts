import { defineErrors } from '@ftctl/sdk';

/** Errors of the lab: its file, its folder, its hosts and its relay. */
export const labErrors = defineErrors('LAB', {
  FILE: {
    text: '{file}: {at}: {why}',
    meaning: 'The lab file does not describe a network of hosts. Nothing was started.',
    action: 'Correct that place in the file; `ftctl lab up --help` shows an example.',
  },
  NO_FILE: {
    text: 'the lab file {file} cannot be read: {why}',
    meaning: 'There is no such file, or this user may not read it. Nothing was started.',
    action: 'Give the path of an existing lab file to `ftctl lab up`.',
  },
  NO_LAB: {
    text: 'there is no lab in {dir}',
    meaning: 'The folder holds no state of a lab, so there is nothing to act on.',
    action: 'Start one with `ftctl lab up FILE --dir {dir}`, or give the right --dir.',
  },
  DAMAGED: {
    text: 'the state of the lab, {file}, cannot be read: {why}',
    meaning: 'The file was changed by something else than ftctl, so its processes are not known.',
    action: 'End what still runs by hand, remove the folder of the lab, and start it again.',
  },
  EXISTS: {
    text: 'a lab already runs in {dir}',
    meaning: 'Its processes are alive; a second lab in the same folder would mix with it.',
    action: 'Run `ftctl lab down --dir {dir}` first, or choose another folder.',
  },
  DIR_IN_USE: {
    text: '{dir} is not empty and holds no lab',
    meaning: 'The lab would write among files that are not its own, so nothing was started.',
    action: 'Choose an empty or a new folder with --dir.',
  },
  UNKNOWN_HOST: {
    text: 'the lab has no host {host}; it has {hosts}',
    meaning: 'The name is not one of those under `hosts:` in the lab file.',
    action: 'Use one of the names given.',
  },
  UNKNOWN_PLUGIN: {
    text: 'no process of plugin {plugin} runs on host {host}',
    meaning: 'The plugin is not on that host, or is stopped at present.',
    action: 'See what runs with `ftctl lab status`.',
  },
  SAME_HOST: {
    text: 'cannot cut host {host} from itself',
    meaning: 'A cut lies between two different hosts.',
    action: 'Name two hosts of the lab.',
  },
  PAUSED: {
    text: 'host {host} is paused',
    meaning: 'Its processes are stopped where they stand, so it cannot answer.',
    action: 'Let it go on with `ftctl lab resume {host}`.',
  },
  START: {
    text: 'host {host} did not start: {why}',
    meaning: 'The host of the lab gave up, or was not ready in time. What had started was ended.',
    action: 'Read {log}.',
  },
  INSTALL: {
    text: 'source {source} holds plugin {found}, the lab file calls it {id}',
    meaning: 'The name of a plugin in the lab file is the id in its manifest.',
    action: 'Call it {found} in the lab file, or correct its source.',
  },
  NO_RELAY: {
    text: 'cannot {verb} links: {why}',
    meaning: 'Cuts are made by the relay between the hosts, and it is not there.',
    action:
      'Use a lab file without `relay: false`; if the relay died, run `ftctl lab down` and start again.',
  },
  SIGNAL: {
    text: '{signal} is not a signal of this system',
    meaning: 'Nothing was sent to any process.',
    action: 'Use a name such as SIGKILL or SIGTERM.',
  },
  TIMEOUT: {
    text: '{what} did not happen within {ms} ms',
    meaning: 'The lab was watched for that long and never came into the state that was waited for.',
    action: 'See `ftctl lab status` and the logs of its hosts.',
  },
});
