import { defineErrors } from './errors.ts';

/** Errors of every link, the real one and the simulated one. */
export const linkErrors = defineErrors('LINK', {
  UNKNOWN_PEER: {
    text: 'host {host} with plugin {plugin} is not in the directory',
    meaning: 'The plugin wants to talk to a host whose address the configuration does not give.',
    action: 'Add it under `directory:` in ftctl.yaml, then run `ftctl reload`.',
  },
  DOWN: {
    text: 'no link to {host}/{plugin}: {why}',
    meaning:
      'The other host cannot be reached at present. What is stored for it will be sent later.',
    action: 'Check with `ftctl status` on both hosts, then the network between them.',
  },
  TIMEOUT: {
    text: '{host}/{plugin} did not answer {channel} within {ms} ms',
    meaning:
      'The peer got no chance to answer, or its answer was lost. Whether it acted is not known.',
    action: 'Check the load and the log of that peer.',
  },
  TOO_LARGE: {
    text: '{what} has {bytes} bytes, the limit is {limit}',
    meaning: 'The message was not sent, or the peer that sent it was cut off.',
    action: 'Send it in smaller pieces, or as a stream.',
  },
  BUSY: {
    text: 'too much is under way to {host}/{plugin} already: {what}',
    meaning: 'Questions are asked faster than they are answered. This one was not answered.',
    action: 'Check the load of that peer; a plugin author asks less at once.',
  },
  NOT_SERVED: {
    text: '{host}/{plugin} does not serve {channel}',
    meaning: 'The peer runs another version of the plugin, or has not started fully.',
    action: 'Compare the versions with `ftctl plugin list` on both hosts.',
  },
  REFUSED: {
    text: '{host}/{plugin} refused the link: {why}',
    meaning: 'The peer was reached and does not want to talk to this host as it introduced itself.',
    action: 'Compare names, versions and directory entries of both hosts.',
  },
  PROTOCOL: {
    text: '{from} broke the link protocol: {why}',
    meaning: 'A peer sent something that no correct peer sends; its connection was cut.',
    action:
      'Find out who connects to this port; a host of this network needs the same version of ftctl.',
  },
  PEER_FAILED: {
    text: '{host}/{plugin} could not answer {channel}: {why}',
    meaning: 'The peer met an error of its own while it answered.',
    action: 'Read the log of that peer: `ftctl logs {plugin}` there.',
  },
  NOT_LOOPBACK: {
    text: 'will not use {address}: links without TLS are for loopback alone',
    meaning:
      'This host has no certificate, so anyone on the network could speak for it; the address was refused.',
    action:
      'Let this host join the site with `ftctl join TOKEN`, or use loopback addresses in ftctl.yaml.',
  },
  BAD_ADDRESS: {
    text: 'the directory gives {host}/{plugin} the address {address}, which is not address:port',
    meaning: 'The plugin wants to talk to that host and cannot tell where it is.',
    action: 'Correct it under `directory:` in ftctl.yaml, then run `ftctl reload`.',
  },
  LISTEN: {
    text: 'cannot listen on {address}: {why}',
    meaning: 'The port is taken, or the address does not belong to this machine.',
    action: 'Choose another port for the plugin in ftctl.yaml; 0 lets the system choose.',
  },
  MISUSE: {
    text: 'wrong use of the link: {why}',
    meaning: 'The plugin asked for something that the contract does not allow.',
    action: "Report it to the plugin's author together with this line.",
  },
});
