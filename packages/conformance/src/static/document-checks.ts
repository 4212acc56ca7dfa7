import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPluginJson } from '@ftctl/host';
import type { Check } from '../requirement.ts';
import type { PackageSubject } from './subject.ts';

/** The parts that an operator looks for, with the words by which a heading is recognised. */
const SECTIONS: readonly (readonly [string, RegExp])[] = [
  ['Install', /\binstall/i],
  ['Configure', /\bconfig/i],
  ['Operate', /\boperat/i],
  ['Recover', /\brecover/i],
  ['Limits', /\blimit/i],
];

const MESSAGE_ID = /^[A-Z]{4,6}\d{3}([IWE])$/;
const MESSAGE_TEXTS = ['text', 'explanation', 'response'];
const ERROR_CODE = /^FT_[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;
const ERROR_TEXTS = ['text', 'meaning', 'action'];

/** What an operator reads: README and messages. */
export const documentChecks: readonly Check<PackageSubject>[] = [
  {
    id: 'FTC-DOC-README',
    level: 'MUST',
    text: 'A README.md is in the package and says under its title what the plugin does.',
    needs: ['FTC-PKG-TARBALL'],
    test: async (subject) => {
      const text = await readReadme(subject);
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      const title = lines.findIndex((line) => line.startsWith('# '));
      if (title < 0) throw new Error('it has no title');
      const next = lines[title + 1] ?? '#';
      if (next.startsWith('#') && !/what it does|overview|about/i.test(next)) {
        throw new Error('nothing stands between its title and its first section');
      }
    },
  },
  {
    id: 'FTC-DOC-SECTIONS',
    level: 'MUST',
    text: `README.md has the sections ${SECTIONS.map(([name]) => name).join(', ')}.`,
    needs: ['FTC-DOC-README'],
    test: async (subject) => {
      const text = await readReadme(subject);
      const headings = text.split('\n').filter((line) => /^#{2,4} /.test(line));
      const lacking = SECTIONS.filter(([, words]) => !headings.some((line) => words.test(line)));
      if (lacking.length > 0) {
        throw new Error(`it lacks ${lacking.map(([name]) => name).join(', ')}`);
      }
    },
  },
  {
    id: 'FTC-MSG-CATALOGUE',
    level: 'MUST',
    text: 'Every message has an id like FTOP001I, a text, an explanation and a response; every error a code like FT_AREA_NAME, a text, a meaning and an action.',
    needs: ['FTC-PKG-JSON', 'FTC-MAN-VALID', 'FTC-PKG-FILES'],
    notClaimed: ({ manifest }) =>
      manifest.messages === undefined ? 'it declares no messages' : undefined,
    test: async ({ folder, manifest }) => {
      checkCatalogue(await readPluginJson(join(folder, manifest.messages ?? '')));
    },
  },
];

async function readReadme({ folder }: PackageSubject): Promise<string> {
  const name = (await readdir(folder)).find((file) => /^readme\.md$/i.test(file));
  if (name === undefined) throw new Error('it is not in the package');
  return readFile(join(folder, name), 'utf8');
}

/** The JSON form of a catalogue: a list of messages and errors. */
export function checkCatalogue(catalogue: unknown): void {
  if (!Array.isArray(catalogue)) throw new Error('the catalogue is not a list');
  const seen = new Set<string>();
  for (const entry of catalogue as Record<string, unknown>[]) {
    const { id, texts } = 'code' in (entry ?? {}) ? checkedError(entry) : checkedMessage(entry);
    if (seen.has(id)) throw new Error(`${id} stands twice`);
    seen.add(id);
    const empty = texts.find((field) => typeof entry[field] !== 'string' || entry[field] === '');
    if (empty !== undefined) throw new Error(`${id} has no ${empty}`);
  }
}

function checkedMessage(message: Record<string, unknown>) {
  const id = String(message?.id);
  const severity = MESSAGE_ID.exec(id)?.[1];
  if (severity === undefined) throw new Error(`${id} is no message id`);
  if (message.severity !== severity) {
    throw new Error(`${id} has the severity ${String(message.severity)}`);
  }
  return { id, texts: MESSAGE_TEXTS };
}

function checkedError({ code }: Record<string, unknown>) {
  const id = String(code);
  if (!ERROR_CODE.test(id)) throw new Error(`${id} is no error code`);
  return { id, texts: ERROR_TEXTS };
}
