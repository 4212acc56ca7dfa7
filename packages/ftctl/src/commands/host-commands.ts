import { EXIT } from '../exit-codes.ts';
import type { CommandSpec } from './spec.ts';

const TALKS_TO_HOST = [EXIT.failed, EXIT.notRunning, EXIT.notAnswering];

/** The commands that act on the host itself. */
export const HOST_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'init',
    summary: 'make a folder the home of a host',
    description: 'Writes ftctl.yaml with comments. Nothing is started.',
    options: [
      {
        flags: '--name <name>',
        summary: "the host's name, as its peers will know it",
        required: true,
      },
    ],
    examples: [['ftctl init --name london', 'in ~/.ftctl, or where --home says']],
    exits: [EXIT.failed],
    load: () => import('../actions/init.ts'),
  },
  {
    name: 'up',
    summary: 'start the host and its plugins',
    description:
      'Plugins that still run from before, after the host alone was killed, are taken over without a break.',
    options: [{ flags: '-d, --detach', summary: 'go on in the background once the host is ready' }],
    examples: [
      ['ftctl up --detach', 'start in the background'],
      ['ftctl up', 'stay in the foreground; ctrl-c stops the host and its plugins'],
    ],
    exits: [EXIT.failed, EXIT.notRunning, EXIT.refused, EXIT.problems],
    load: () => import('../actions/up.ts'),
  },
  {
    name: 'down',
    summary: 'stop the host and all its plugins',
    options: [{ flags: '--force', summary: 'kill a host that does not answer' }],
    examples: [['ftctl down', 'also when only plugins are left, after the host was killed']],
    exits: TALKS_TO_HOST,
    load: () => import('../actions/down.ts'),
  },
  {
    name: 'restart',
    summary: 'restart one plugin, or all of them',
    description: 'Ends a quarantine: crashes before it are forgotten.',
    arguments: [['[plugin]', 'id of a plugin; without it all plugins, one after the other']],
    examples: [['ftctl restart omnibus-probe-peer', '']],
    exits: [...TALKS_TO_HOST, EXIT.refused],
    load: () => import('../actions/restart.ts'),
  },
  {
    name: 'dashboard',
    summary: 'show where the web page of this host is',
    description:
      'The page asks for the token of this host, which stands in a file that only its user can read.',
    options: [{ flags: '--token', summary: 'print the token as well' }],
    examples: [
      ['ftctl dashboard', 'its address'],
      ['ftctl dashboard --token', 'and the token to log in with'],
    ],
    exits: TALKS_TO_HOST,
    load: () => import('../actions/dashboard.ts'),
  },
  {
    name: 'reload',
    summary: 'take over a changed ftctl.yaml',
    description:
      'Everything is checked first; when something is wrong, nothing changes. Only plugins whose part has changed are restarted.',
    examples: [['ftctl reload', '']],
    exits: [...TALKS_TO_HOST, EXIT.refused],
    load: () => import('../actions/reload.ts'),
  },
  {
    name: 'status',
    summary: 'show the host and its plugins',
    examples: [
      ['ftctl status', ''],
      ['ftctl status --json', 'with the details that each plugin gives'],
    ],
    exits: TALKS_TO_HOST,
    load: () => import('../actions/status.ts'),
  },
  {
    name: 'logs',
    summary: 'show the log of the host or of a plugin',
    description: 'Works with the host down. Lines are JSON in the file; --json prints them so.',
    arguments: [['[plugin]', "id of a plugin; without it the host's own log"]],
    options: [
      { flags: '-f, --follow', summary: 'go on with new lines until interrupted' },
      { flags: '-n, --lines <count>', summary: 'how many of the last lines', default: '100' },
    ],
    examples: [
      ['ftctl logs', ''],
      ['ftctl logs omnibus-probe-peer -f -n 20', ''],
    ],
    exits: [EXIT.failed, EXIT.notRunning],
    load: () => import('../actions/logs.ts'),
  },
  {
    name: 'join',
    summary: 'let this host join a site, with a token of its CA',
    description:
      'Gets this host a certificate for its own name; from then on all its links use TLS. ' +
      'The token is made by `ftctl ca token HOST` on the host of the CA. Works with the host down; a running one takes it over.',
    arguments: [['<token>', 'the token, or - to read it from standard input']],
    examples: [
      ['ftctl join ftj1_...', ''],
      ['ssh ca ftctl ca token london | ftctl join -', 'so that it stands in no list of processes'],
    ],
    exits: [EXIT.failed, EXIT.notRunning, EXIT.notAnswering, EXIT.refused, EXIT.problems],
    load: () => import('../actions/join.ts'),
  },
  {
    name: 'doctor',
    summary: 'find out what is wrong with this home, and what to do',
    description: 'Works with the host down. Changes nothing.',
    examples: [['ftctl doctor', '']],
    exits: [EXIT.problems],
    load: () => import('../actions/doctor.ts'),
  },
  {
    name: 'explain',
    summary: 'explain an error code or a message id',
    description:
      'Knows every error of ftctl, and the messages of the plugins that are installed in this home.',
    arguments: [['<id>', 'for example FT_HOST_DOWN or FTOP001I']],
    examples: [['ftctl explain FT_HOST_DOWN', '']],
    exits: [EXIT.problems],
    load: () => import('../actions/explain.ts'),
  },
];
