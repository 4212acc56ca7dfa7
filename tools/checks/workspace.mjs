/** The packages of this workspace, as the checks see them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

export const root = resolve(import.meta.dirname, '../..');

/**
 * @typedef {{ folder: string, place: string, name: string, pkg: any, isPublished: boolean }} Package
 * `place` is the folder relative to the root.
 */

/** @returns {Package[]} all packages but the root */
export function workspacePackages(base = root) {
  const folders = [join(base, 'test')];
  for (const group of ['packages', 'plugins', 'tools']) {
    if (!existsSync(join(base, group))) continue;
    for (const name of readdirSync(join(base, group))) folders.push(join(base, group, name));
  }
  return folders
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => {
      const pkg = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const place = relative(base, folder);
      return { folder, place, name: pkg.name, pkg, isPublished: pkg.private !== true };
    });
}

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'fixtures', '.turbo']);

/** TypeScript files of a package, absolute. */
export function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) yield* sourceFiles(path);
    else if (entry.isFile() && entry.name.endsWith('.ts')) yield path;
  }
}

/** True for files that are not shipped: tests, and all that stands outside `src`. */
export function isTestFile(pkg, file) {
  const place = relative(pkg.folder, file);
  return (
    !place.startsWith('src') || basename(dirname(place)) === 'test' || place.endsWith('.test.ts')
  );
}

/** What a file imports, in whatever form: static, dynamic, re-export, type. */
export function importsOf(file) {
  const source = readFileSync(file, 'utf8');
  return ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The npm package that a bare specifier belongs to. */
export function packageOf(specifier) {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/**
 * The workspace packages whose code ends up in a package's build: what its
 * sources import, and what those import in turn.
 *
 * @param {Package} pkg
 * @param {Package[]} all
 * @returns {Package[]}
 */
export function bundledRooms(pkg, all) {
  const byName = new Map(all.map((one) => [one.name, one]));
  const found = new Set();
  const visit = (one) => {
    for (const file of sourceFiles(one.folder)) {
      if (isTestFile(one, file)) continue;
      for (const specifier of importsOf(file)) {
        const room = byName.get(packageOf(specifier));
        if (!room || room === one || found.has(room)) continue;
        found.add(room);
        visit(room);
      }
    }
  };
  visit(pkg);
  found.delete(pkg);
  return [...found];
}
