/** `npm run docs`: writes the generated references. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '../workspace.mjs';
import { generatePages } from './pages.mjs';

for (const [file, content] of Object.entries(await generatePages())) {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content);
  console.log(`wrote ${file}`);
}
