/**
 * All catalogues of errors and messages in the workspace. They are data made by
 * code, so the files that define them are built into a scratch folder and loaded.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'tsup';
import { isTestFile, root, sourceFiles, workspacePackages } from '../workspace.mjs';

/**
 * @returns {Promise<{ place: string, name: string, errors: object[], messages: object[] }[]>}
 * by package, those without any left out
 */
export async function readCatalogues() {
  const found = [];
  for (const pkg of workspacePackages()) {
    const files = await definingFiles(pkg);
    if (files.length === 0) continue;
    const entries = (await loadAll(files)).flatMap((module) =>
      Object.values(module).flatMap((value) => value?.catalogue ?? []),
    );
    const unique = [...new Map(entries.map((entry) => [entry.code ?? entry.id, entry])).values()];
    const errors = unique.filter((entry) => entry.code);
    const messages = unique.filter((entry) => entry.id);
    found.push({
      place: pkg.place,
      name: pkg.name,
      errors: errors.sort((a, b) => compare(a.code, b.code)),
      messages: messages.sort((a, b) => compare(a.id, b.id)),
    });
  }
  return found;
}

async function definingFiles(pkg) {
  const files = [];
  for (const file of sourceFiles(pkg.folder)) {
    if (isTestFile(pkg, file)) continue;
    const source = await readFile(file, 'utf8');
    if (/^export const .*define(Errors|Messages)\(/m.test(source)) files.push(file);
  }
  return files.sort();
}

async function loadAll(files) {
  // Inside node_modules, so that what stays outside the bundle is found.
  const outDir = await mkdtemp(join(root, 'node_modules', '.ftctl-docs-'));
  try {
    await build({
      config: false,
      silent: true,
      entry: Object.fromEntries(files.map((file, index) => [`c${index}`, file])),
      outDir,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      outExtension: () => ({ js: '.mjs' }),
      noExternal: [/^@ftctl\//],
      tsconfig: resolve(root, 'tsconfig.base.json'),
    });
    const load = (_file, index) => import(pathToFileURL(join(outDir, `c${index}.mjs`)).href);
    return await Promise.all(files.map(load));
  } catch (error) {
    const places = files.map((file) => relative(root, file)).join(', ');
    throw new Error(`cannot load the catalogues in ${places}: ${error.message}`, { cause: error });
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}
