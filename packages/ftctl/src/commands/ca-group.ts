import { EXIT } from '../exit-codes.ts';
import type { CommandGroupSpec } from './spec.ts';

const AT_THE_CA = [EXIT.failed, EXIT.notRunning, EXIT.refused];

/** `ftctl ca ...`. */
export const CA_GROUP: CommandGroupSpec = {
  name: 'ca',
  summary: "the site's own certificate authority",
  description:
    'One host of a site has the CA in its home; all commands but `init` work there alone, with the host up or down. ' +
    'The other hosts join with a token: `ftctl join`.',
  commands: [
    {
      name: 'init',
      summary: 'make the CA of a site on this host, and give this host a certificate',
      description:
        'From then on all links of this host use TLS. Keep a copy of the folder ca/ of its home in a safe place.',
      options: [
        { flags: '--name <site>', summary: "the site's name; default: the name of this host" },
        {
          flags: '--days <days>',
          summary: 'how long the certificate of a host is valid; it is renewed at two thirds',
          default: '90',
        },
        {
          flags: '--listen <address:port>',
          summary: 'where other hosts reach the CA; goes into ftctl.yaml as `ca: listen`',
        },
      ],
      examples: [
        ['ftctl ca init --name london --listen 192.0.2.10:4199', ''],
        ['ftctl ca init', 'set `ca: listen` in ftctl.yaml later'],
      ],
      exits: [...AT_THE_CA, EXIT.problems],
      load: () => import('../actions/ca-init.ts'),
    },
    {
      name: 'token',
      summary: 'make a one-time token with which a host can join',
      description:
        'The token is a secret until it is used or has expired: whoever has it can join under that name. ' +
        'Only the token goes to standard output.',
      arguments: [['<host>', 'name of the host, as its ftctl.yaml has it']],
      options: [
        {
          flags: '--expires <time>',
          summary: 'how long it can be used: 30s, 15m, 2h, 1d; at most 7d',
          default: '1h',
        },
        {
          flags: '--address <address:port>',
          summary: 'where that host reaches the CA, when it is another address than `ca: listen`',
        },
        {
          flags: '--again',
          summary:
            'also when the host has a valid certificate, which is revoked once it joins: two machines under one name could speak for each other',
        },
      ],
      examples: [
        ['ftctl ca token paris', ''],
        ['ftctl ca token paris --again', 'it lost its disk'],
      ],
      exits: [...AT_THE_CA, EXIT.notAnswering],
      load: () => import('../actions/ca-token.ts'),
    },
    {
      name: 'list',
      summary: 'show the hosts with their certificates, and the open tokens',
      options: [{ flags: '--all', summary: 'earlier certificates of each host as well' }],
      examples: [['ftctl ca list', '']],
      exits: AT_THE_CA,
      load: () => import('../actions/ca-list.ts'),
    },
    {
      name: 'revoke',
      summary: 'end the membership of a host at once',
      description:
        'Revokes its certificates and withdraws its tokens. Every other host cuts its links to it within about a minute, ' +
        'at the latest when it fetches the list (`tls: revocationIntervalMs`). It can join again with a new token.',
      arguments: [['<host>', 'name of the host']],
      examples: [['ftctl ca revoke paris', 'it was stolen, or is to leave']],
      exits: AT_THE_CA,
      load: () => import('../actions/ca-revoke.ts'),
    },
  ],
};
