import { defineErrors } from '@ftctl/sdk';

export const stationErrors = defineErrors('TWS', {
  NO_WORKSTATION: {
    text: 'no workstation of the topology has the node {host}',
    meaning: 'This host is not part of the network that the topology file describes.',
    action: 'Give a workstation `node: {host}` in the topology file of all hosts.',
  },
});
