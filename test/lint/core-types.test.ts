import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** `src/core` is compiled without the types of Node and of the browser: it cannot name what it must not use. */

const root = resolve(import.meta.dirname, '../..');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftctl-core-types-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it.each([
  ['setTimeout', 'export const timer = setTimeout(() => undefined, 1);'],
  ['process', 'export const home = process.env;'],
  ['fetch', "export const answer = fetch('http://127.0.0.1/');"],
  ['node:fs', "export { readFileSync } from 'node:fs';"],
])('refuses %s', async (name, source) => {
  expect(await compile(source)).toMatch(new RegExp(`error TS\\d+: .*${name}`));
});

it('accepts code that names only the language', async () => {
  expect(await compile('export const day = new Date(0).toISOString();')).toBe('');
});

/** What the compiler says of a file under the rules of `tsconfig.core.json`. */
async function compile(source: string): Promise<string> {
  await writeFile(join(folder, 'planted.ts'), `${source}\n`);
  const config = {
    extends: join(root, 'tsconfig.core.json'),
    include: ['planted.ts'],
    exclude: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return new Promise((settle) => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    execFile(process.execPath, [tsc, '-p', folder], (_failure, stdout) => settle(stdout));
  });
}
