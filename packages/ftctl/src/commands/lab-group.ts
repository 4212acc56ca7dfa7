import { EXIT } from '../exit-codes.ts';
import type { CommandGroupSpec, OptionSpec } from './spec.ts';

const DIR: OptionSpec = {
  flags: '--dir <dir>',
  summary: 'folder of the lab (or FTCTL_LAB; default ./ftctl-lab)',
};
const HOST: readonly [string, string] = ['<host>', 'name of a host of the lab'];
const A: readonly [string, string] = ['<a>', 'a host of the lab'];
const B: readonly [string, string] = ['<b>', 'another one'];
const ACTS = [EXIT.failed, EXIT.notRunning];

const EXAMPLE_FILE = `
A lab file:

  plugins:
    omnibus-probe-peer: ./plugins/omnibus-probe-peer   # a folder, a .tgz or a package name
  hosts:
    probe1:
      plugins:
        omnibus-probe-peer: { role: probe, peer: probe2 }
    probe2:
      plugins:
        omnibus-probe-peer: { role: probe, peer: probe1 }
  # relay: false   # hosts talk directly: nothing can be cut, nothing is slowed down
  # tls: true      # the first host, or the one named, has a CA; all others join it`;

/** `ftctl lab ...`. */
export const LAB_GROUP: CommandGroupSpec = {
  name: 'lab',
  summary: 'networks of real hosts on this machine, with faults on demand',
  description:
    'Every host has its own home, processes and ports on loopback. Faults act on real processes and sockets; no root is needed.',
  commands: [
    {
      name: 'up',
      summary: 'start the hosts of a lab file',
      description: `Plugins are installed once and shared by the hosts.\n${EXAMPLE_FILE}`,
      arguments: [['<file>', 'the lab file']],
      options: [DIR],
      examples: [['ftctl lab up pair.yaml --dir /tmp/pair', '']],
      exits: [EXIT.failed, EXIT.refused],
      load: () => import('../actions/lab-up.ts'),
    },
    {
      name: 'status',
      summary: 'show the hosts, their plugins and what is cut',
      options: [DIR],
      examples: [['ftctl lab status', '']],
      exits: ACTS,
      load: () => import('../actions/lab-status.ts'),
    },
    {
      name: 'exec',
      summary: 'run ftctl on a host of the lab',
      description: 'Ends with the exit code of that command; with 4 when the host is paused.',
      arguments: [HOST, ['<args...>', 'what follows `ftctl`; put -- before it']],
      options: [DIR],
      examples: [['ftctl lab exec probe1 -- status --json', '']],
      exits: [...ACTS, EXIT.notAnswering],
      load: () => import('../actions/lab-exec.ts'),
    },
    {
      name: 'kill',
      summary: 'send a signal to processes of a host, SIGKILL unless told',
      arguments: [HOST],
      options: [
        DIR,
        { flags: '--signal <name>', summary: 'another signal', default: 'SIGKILL' },
        { flags: '--plugin <id>', summary: 'only the process of this plugin' },
        { flags: '--daemon', summary: 'only the host itself; its plugins go on' },
        { flags: '--with-jobs', summary: 'also what plugins started to outlive them' },
      ],
      examples: [
        ['ftctl lab kill probe1', 'everything, as when the power fails'],
        ['ftctl lab kill probe1 --plugin omnibus-probe-peer', ''],
      ],
      exits: ACTS,
      load: () => import('../actions/lab-kill.ts'),
    },
    {
      name: 'pause',
      summary: 'stop all processes of a host where they stand',
      arguments: [HOST],
      options: [DIR],
      examples: [['ftctl lab pause probe1', '']],
      exits: ACTS,
      load: () => import('../actions/lab-pause.ts'),
    },
    {
      name: 'resume',
      summary: 'let a paused host go on',
      arguments: [HOST],
      options: [DIR],
      examples: [['ftctl lab resume probe1', '']],
      exits: ACTS,
      load: () => import('../actions/lab-resume.ts'),
    },
    {
      name: 'start',
      summary: 'start a host that was stopped or killed',
      arguments: [HOST],
      options: [DIR],
      examples: [['ftctl lab start probe1', '']],
      exits: ACTS,
      load: () => import('../actions/lab-start.ts'),
    },
    {
      name: 'stop',
      summary: 'stop a host in order',
      arguments: [HOST],
      options: [DIR],
      examples: [['ftctl lab stop probe1', '']],
      exits: ACTS,
      load: () => import('../actions/lab-stop.ts'),
    },
    {
      name: 'cut',
      summary: 'cut the network between two hosts',
      description:
        'Connections are reset and refused. With --silent nothing passes and nobody is told; ' +
        'connections that outlive it go on after `heal`. With --one-way (always silent) only what A sends to B is lost.',
      arguments: [A, B],
      options: [
        DIR,
        { flags: '--silent', summary: 'a black hole: no reset, no refusal' },
        { flags: '--one-way', summary: 'lose only what A sends to B' },
      ],
      examples: [['ftctl lab cut probe1 probe2 --silent', '']],
      exits: ACTS,
      load: () => import('../actions/lab-cut.ts'),
    },
    {
      name: 'heal',
      summary: 'end all cuts between two hosts',
      arguments: [A, B],
      options: [DIR],
      examples: [['ftctl lab heal probe1 probe2', '']],
      exits: ACTS,
      load: () => import('../actions/lab-heal.ts'),
    },
    {
      name: 'down',
      summary: 'end everything that the lab started',
      options: [DIR, { flags: '--rm', summary: 'remove the folder of the lab as well' }],
      examples: [['ftctl lab down --rm', '']],
      exits: ACTS,
      load: () => import('../actions/lab-down.ts'),
    },
  ],
};
