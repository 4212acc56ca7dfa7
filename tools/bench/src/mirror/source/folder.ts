import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Under this id the mirror reads its topic. */
const ID = 'tws-switch';
// Bundled into `dist`.
const ENTRY = resolve(import.meta.dirname, 'mirror/source/source-main.js');

/** Makes a folder that `ftctl plugin add` takes, around the source of this benchmark. */
export async function makeSourcePlugin(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const files: Readonly<Record<string, string>> = {
    'plugin.js': `export { default } from '${pathToFileURL(ENTRY).href}';\n`,
    'package.json': JSON.stringify({
      name: 'ftctl-plugin-tws-switch',
      version: '0.0.0',
      type: 'module',
    }),
    'config.schema.json': JSON.stringify({
      type: 'object',
      properties: { jobs: { type: 'integer' }, jobsInEachStream: { type: 'integer' } },
      additionalProperties: false,
    }),
    'ftctl.plugin.json': JSON.stringify({
      manifestVersion: 1,
      id: ID,
      api: '^0.1.0',
      entry: 'plugin.js',
      config: { schema: 'config.schema.json', version: 1 },
      provides: [{ capability: 'plan.source@1' }],
      topics: { publishes: ['mirrorbox'] },
      commands: {
        namespace: 'tws',
        summary: 'A source of a plan, for a benchmark.',
        list: [
          {
            name: 'emit',
            summary: 'Change the plan so often.',
            runs: 'plugin',
            arguments: [
              { name: 'count', summary: 'how many changes' },
              { name: 'rate', summary: 'how many a second; 0: as fast as may be' },
            ],
          },
        ],
      },
      state: { version: 1, readableBy: '0.1.0' },
    }),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}
