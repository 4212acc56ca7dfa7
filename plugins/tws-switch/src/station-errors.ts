import { defineErrors } from '@ftctl/sdk';

export const stationErrors = defineErrors('TWS', {
  NO_WORKSTATION: {
    text: 'no workstation of the topology has the node {host}',
    meaning: 'This host is not part of the network that the topology file describes.',
    action: 'Give a workstation `node: {host}` in the topology file of all hosts.',
  },
  OWN_LOG_FULL: {
    text: 'what this workstation has to tell takes up {bytes} of {limit} bytes, and {manager} does not take it',
    meaning:
      'Nothing was changed. Jobs that run can still tell how they end; nothing else is launched or asked for here until the manager of the domain is back.',
    action:
      'See `ftctl tws doctor`: start the manager, or switch with `ftctl tws switchmgr`. The limit is `limits.ownMb`.',
  },
  NO_SUCH_WORKSTATION: {
    text: 'the config says that this host is workstation {workstation}, which is none of the topology',
    meaning: 'The plugin does not know which place in the network it has.',
    action:
      'Name a workstation of the topology file that is no x-agent, or leave `workstation` out.',
  },
});
