import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostErrors, hostMessages } from '@ftctl/host';
import { dashboardErrors } from '@ftctl/host/dashboard';
import { type InstalledPlugin, installErrors, listPlugins } from '@ftctl/host/install';
import { labErrors } from '@ftctl/lab';
import { pkiErrors } from '@ftctl/pki';
import {
  capabilityErrors,
  codecErrors,
  type DescribedError,
  type DescribedMessage,
  describeError,
  linkErrors,
  storeErrors,
  viewErrors,
} from '@ftctl/sdk';
import { cliErrors } from './errors.ts';

/** What is known about an error code or a message id. */
export interface Explanation {
  readonly id: string;
  readonly text: string;
  readonly meaning: string;
  readonly action: string;
  /** `ftctl`, or the plugin that it belongs to. */
  readonly from: string;
}

const OWN_ERRORS: readonly DescribedError[] = [
  cliErrors,
  hostErrors,
  dashboardErrors,
  viewErrors,
  capabilityErrors,
  installErrors,
  storeErrors,
  linkErrors,
  pkiErrors,
  codecErrors,
  labErrors,
].flatMap(({ catalogue }) => catalogue);

/** Everything that ftctl itself can explain. */
export const OWN_EXPLANATIONS: readonly Explanation[] = [
  ...OWN_ERRORS.map((entry) => fromError(entry, 'ftctl')),
  ...hostMessages.catalogue.map((entry) => fromMessage(entry, 'ftctl')),
];

/**
 * Looks an id up in what ftctl knows, then in the catalogues of the plugins that
 * are installed in this home. Runs no code of a plugin.
 *
 * @returns what was found, and which catalogues could not be read
 */
export async function findExplanation(
  id: string,
  home: string,
): Promise<{ readonly found?: Explanation; readonly problems: readonly string[] }> {
  const own = OWN_EXPLANATIONS.find((entry) => entry.id === id);
  if (own) return { found: own, problems: [] };
  const problems: string[] = [];
  for (const plugin of await installed(home, problems)) {
    try {
      const found = (await readCatalogue(plugin)).find((entry) => entry.id === id);
      if (found) return { found, problems };
    } catch (error) {
      problems.push(`The messages of plugin ${plugin.id} cannot be read: ${describeError(error)}`);
    }
  }
  return { problems };
}

async function installed(home: string, problems: string[]): Promise<readonly InstalledPlugin[]> {
  try {
    return await listPlugins(home);
  } catch (error) {
    problems.push(describeError(error));
    return [];
  }
}

async function readCatalogue(plugin: InstalledPlugin): Promise<readonly Explanation[]> {
  if (plugin.problem !== undefined) throw new Error(plugin.problem);
  const file = plugin.manifest?.messages;
  if (file === undefined) return [];
  const entries: unknown = JSON.parse(await readFile(join(plugin.path, file), 'utf8'));
  if (!Array.isArray(entries)) throw new Error(`${file} is not a list`);
  return entries.map((entry: DescribedError | DescribedMessage) =>
    'code' in entry
      ? fromError(entry, `plugin ${plugin.id}`)
      : fromMessage(entry, `plugin ${plugin.id}`),
  );
}

function fromError({ code, text, meaning, action }: DescribedError, from: string): Explanation {
  return { id: code, text, meaning, action, from };
}

function fromMessage(entry: DescribedMessage, from: string): Explanation {
  const { id, text, explanation, response, cannotOccur } = entry;
  const meaning =
    cannotOccur === undefined ? explanation : `${explanation} It cannot occur here: ${cannotOccur}`;
  return { id, text, meaning, action: response, from };
}
