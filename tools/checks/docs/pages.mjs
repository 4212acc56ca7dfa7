/** The generated references, by file. */

import { errorsPage, messagesPage } from './catalogue-pages.mjs';
import { readCatalogues } from './catalogues.mjs';
import { cliPage } from './cli-page.mjs';
import { manifestPage } from './manifest-page.mjs';

/** @returns {Promise<Record<string, string>>} content by file, relative to the root */
export async function generatePages() {
  const catalogues = await readCatalogues();
  return {
    'docs/reference/errors.md': errorsPage(catalogues),
    'docs/reference/messages.md': messagesPage(catalogues),
    'docs/reference/manifest.md': await manifestPage(),
    'docs/reference/cli.md': cliPage(),
  };
}
