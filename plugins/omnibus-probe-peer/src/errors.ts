import { defineErrors } from '@ftctl/sdk';

/** Errors of the probe and the ObjectServer. */
export const probeErrors = defineErrors('PROBE', {
  LISTEN: {
    text: 'cannot receive syslog over {protocol} on {address} port {port}: {why}',
    meaning:
      'The port is taken, needs privileges (below 1024), or the address is not of this machine.',
    action: "Choose another port under `syslog:` in the plugin's config, then run `ftctl reload`.",
  },
  ALERTS_FULL: {
    text: 'the alert table has {rows} rows, the limit is {limit}',
    meaning: 'A new alert was refused; its probe keeps it and sends it again later.',
    action: "Raise alertLimit in the plugin's config, then run `ftctl reload`.",
  },
  NOT_OBJECTSERVER: {
    text: 'this host is a probe: the alert table is on {server}',
    meaning: 'Only the host with role objectserver keeps alerts.',
    action: 'Run the command on {server}.',
  },
  OPTION: {
    text: '--{option} {value} is not a whole number from {from} to {to}',
    meaning: 'The option was not understood, so nothing was shown.',
    action: 'Give a number in that range.',
  },
});
