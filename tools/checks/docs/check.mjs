/** Whether the committed references are what the code says today. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../workspace.mjs';
import { generatePages } from './pages.mjs';

/** @returns {Promise<string[]>} what is wrong, one line each */
export async function checkDocs() {
  const problems = [];
  for (const [file, content] of Object.entries(await generatePages())) {
    const present = await readFile(join(root, file), 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    if (present !== content) problems.push(`${file} is stale: run \`npm run docs\``);
  }
  return problems;
}
