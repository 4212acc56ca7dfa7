import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const run = promisify(execFile);
const build = resolve(import.meta.dirname, '../build.mjs');
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ftctl-build-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('bundles CommonJS that calls require, and leaves dependencies outside', async () => {
  write('node_modules/old/package.json', '{ "name": "old", "main": "index.js" }');
  write('node_modules/old/index.js', "module.exports = require('fs').existsSync;");
  write('node_modules/kept/package.json', '{ "name": "kept", "main": "index.js" }');
  write('node_modules/kept/index.js', "exports.kept = 'kept';");
  write(
    'src/index.ts',
    "import exists from 'old';\nexport { kept } from 'kept';\nexport const found: boolean = exists('/');\n",
  );
  await buildPackage({ entries: ['src/index.ts'], dependencies: { kept: '1.0.0' } });
  rmSync(join(folder, 'node_modules/old'), { recursive: true });
  const module = await import(pathToFileURL(join(folder, 'dist/index.js')).href);
  expect(module).toMatchObject({ found: true, kept: 'kept' });
  expect(readFileSync(join(folder, 'dist/index.js'), 'utf8')).toMatch(/from ["']kept["']/);
});

it('writes types that need no other file of the workspace', async () => {
  // The compiler and Node's types are looked up from the package's folder.
  symlinkSync(resolve(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'));
  write('src/shape.ts', 'export interface Shape {\n  readonly sides: number;\n}\n');
  write('src/index.ts', "export type { Shape } from './shape.ts';\nexport const sides = 3;\n");
  await buildPackage({ entries: ['src/index.ts'], types: true });
  const types = readFileSync(join(folder, 'dist/index.d.ts'), 'utf8');
  expect(types).toContain('readonly sides: number');
  expect(readdirSync(join(folder, 'dist')).sort()).toEqual(['index.d.ts', 'index.js']);
});

it('refuses a package that names no entries', async () => {
  write('package.json', '{ "name": "sample", "type": "module" }');
  await expect(run(process.execPath, [build], { cwd: folder })).rejects.toThrow('ftctlBuild');
});

async function buildPackage({ dependencies, ...ftctlBuild }) {
  const pkg = { name: 'sample', type: 'module', dependencies, ftctlBuild };
  write('package.json', JSON.stringify(pkg));
  await run(process.execPath, [build], { cwd: folder });
}

function write(file, content) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}
