import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { counterMessages, networkMessages, replayMessages, transferMessages } from './messages.ts';

const SOURCES = import.meta.dirname;
const CATALOGUE = join(SOURCES, 'messages');

/** All of the plugin's own code but the catalogue and the tests. */
function code(folder = SOURCES): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return path === CATALOGUE ? '' : code(path);
      return entry.name.endsWith('.test.ts') ? '' : readFileSync(path, 'utf8');
    })
    .join('\n');
}

it('each message is raised somewhere, or says why it cannot occur here', () => {
  const text = code();
  const all = [counterMessages, networkMessages, replayMessages, transferMessages];
  const wrong = all.flatMap(({ catalogue }) =>
    catalogue.flatMap(({ id, cannotOccur }) => {
      const isRaised = text.includes(`Messages.${id}(`);
      return isRaised === (cannotOccur === undefined) ? [] : [id];
    }),
  );
  expect(wrong).toEqual([]);
});
