import { EXIT } from '../exit-codes.ts';
import type { CommandGroupSpec, OptionSpec } from './spec.ts';

const YES: OptionSpec = { flags: '-y, --yes', summary: 'do not ask before going on' };
const NO_START: OptionSpec = {
  flags: '--no-start',
  summary: 'do not tell the running host about it',
};
const CONFIG: OptionSpec = {
  flags: '--set <key=value>',
  summary: 'set a value of its config, for example --set role=probe (may be repeated)',
  repeated: true,
};
const ID: readonly [string, string] = ['<id>', 'id of the plugin'];
const CHANGES = [EXIT.failed, EXIT.notAnswering, EXIT.refused, EXIT.problems];

/** `ftctl plugin ...`. */
export const PLUGIN_GROUP: CommandGroupSpec = {
  name: 'plugin',
  summary: 'add, remove and inspect plugins',
  commands: [
    {
      name: 'add',
      summary: 'install a plugin and start it',
      description:
        'The package is fetched as a tarball, checked without running it, and tried in a process of its own. ' +
        'Whatever fails before it starts, what ran before goes on. No install script is ever run.',
      arguments: [['<source>', 'NAME or NAME@RANGE from the registry, ./folder, or ./file.tgz']],
      options: [
        { flags: '--registry <url>', summary: 'registry instead of the one npm is set up for' },
        CONFIG,
        NO_START,
        YES,
      ],
      examples: [
        ['ftctl plugin add @ftctl/plugin-omnibus-probe-peer', ''],
        ['ftctl plugin add ./my-plugin --set role=probe --set peer=paris', ''],
      ],
      exits: CHANGES,
      load: () => import('../actions/plugin-add.ts'),
    },
    {
      name: 'link',
      summary: "run a plugin from its author's working folder",
      description: 'For authors: the code in the folder may change under the host. Build it first.',
      arguments: [['<folder>', 'the folder of the package']],
      options: [CONFIG, NO_START, YES],
      examples: [['ftctl plugin link .', '']],
      exits: CHANGES,
      load: () => import('../actions/plugin-link.ts'),
    },
    {
      name: 'remove',
      summary: 'stop a plugin and take it out',
      description:
        'Works with the host down. What the plugin has stored stays in the home; its part of ftctl.yaml goes.',
      arguments: [ID],
      examples: [['ftctl plugin remove omnibus-probe-peer', '']],
      exits: CHANGES,
      load: () => import('../actions/plugin-remove.ts'),
    },
    {
      name: 'list',
      summary: 'show what is installed',
      examples: [['ftctl plugin list', '']],
      exits: [EXIT.refused],
      load: () => import('../actions/plugin-list.ts'),
    },
    {
      name: 'info',
      summary: 'show everything about an installed plugin',
      arguments: [ID],
      examples: [['ftctl plugin info omnibus-probe-peer', '']],
      exits: [EXIT.refused],
      load: () => import('../actions/plugin-info.ts'),
    },
    {
      name: 'enable',
      summary: 'let the host run a plugin',
      arguments: [ID],
      examples: [['ftctl plugin enable omnibus-probe-peer', '']],
      exits: CHANGES,
      load: () => import('../actions/plugin-enable.ts'),
    },
    {
      name: 'disable',
      summary: 'stop a plugin and leave it installed',
      arguments: [ID],
      examples: [['ftctl plugin disable omnibus-probe-peer', '']],
      exits: CHANGES,
      load: () => import('../actions/plugin-disable.ts'),
    },
  ],
};
