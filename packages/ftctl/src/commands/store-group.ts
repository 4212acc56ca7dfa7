import { EXIT } from '../exit-codes.ts';
import type { CommandGroupSpec } from './spec.ts';

const PLUGIN: readonly [string, string] = [
  '[plugin]',
  'id of a plugin; without it every plugin that has a store in this home',
];
const READS = [EXIT.failed, EXIT.notRunning, EXIT.refused];

/** `ftctl store ...`. */
export const STORE_GROUP: CommandGroupSpec = {
  name: 'store',
  summary: 'check, measure, back up and restore what plugins have stored',
  commands: [
    {
      name: 'check',
      summary: 'read everything and compare every checksum',
      description:
        'Works whether the plugin runs or not. Names exactly what is damaged: the log and its records, the key, the page. Changes nothing.',
      arguments: [PLUGIN],
      examples: [
        ['ftctl store check', ''],
        ['ftctl store check tws-switch --json', ''],
      ],
      exits: READS,
      load: () => import('../actions/store-check.ts'),
    },
    {
      name: 'stats',
      summary: 'show logs, cursors and how far they lag, counters, tables and space',
      arguments: [PLUGIN],
      examples: [['ftctl store stats tws-switch', '']],
      exits: READS,
      load: () => import('../actions/store-stats.ts'),
    },
    {
      name: 'backup',
      summary: 'copy stores to a safe place while plugins go on',
      description:
        'Each backup is a folder of its own, PLUGIN-TIME, of mode 0700: one state of the store, read back as a whole, and a manifest. It gets its name when it is complete.',
      arguments: [PLUGIN],
      options: [{ flags: '--to <folder>', summary: 'where the backups go (default HOME/backup)' }],
      examples: [['ftctl store backup --to /var/backups/ftctl', '']],
      exits: [...READS, EXIT.usage],
      load: () => import('../actions/store-backup.ts'),
    },
    {
      name: 'restore',
      summary: 'put a backup in place of a store',
      description:
        'The plugin must not run: disable it first. The backup is compared with its manifest and checked as a whole before anything is touched. The store gets a new incarnation, which tells the plugin and its peers that history was replaced. The store before is kept beside it until the next restore.',
      arguments: [
        ['<plugin>', 'id of the plugin'],
        ['<folder>', 'folder of the backup'],
      ],
      options: [
        { flags: '-y, --yes', summary: 'do not ask before going on' },
        { flags: '--discard', summary: 'do not keep the store that was there before' },
      ],
      examples: [
        ['ftctl store restore tws-switch /var/backups/ftctl/tws-switch-20260301T020000Z', ''],
      ],
      exits: READS,
      load: () => import('../actions/store-restore.ts'),
    },
    {
      name: 'compact',
      summary: 'make the file of a store as small as what it holds',
      description:
        'The plugin must not run: disable it first. A file never shrinks by itself; what is free in it is used again.',
      arguments: [PLUGIN],
      examples: [['ftctl store compact tws-switch', '']],
      exits: READS,
      load: () => import('../actions/store-compact.ts'),
    },
  ],
};
