import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkFiles } from '../files.mjs';

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ftctl-files-'));
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  write('README.md', 'Plain text about /etc/hosts.\n');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

it('accepts ordinary files', () => {
  expect(checkFiles(root)).toEqual([]);
});

it('finds a path of this machine', () => {
  write('docs/notes.md', `See ${root}/README.md.\n`);
  expect(checkFiles(root)).toEqual([`docs/notes.md: contains ${root}, a path of this machine`]);
});

it('finds the address of a registry', () => {
  write('.npmrc', `//${['registry', 'npmjs', 'org'].join('.')}/:x=y\n`);
  write('pnpm-lock.yaml', 'tarball: https://example.org/a.tgz\n');
  expect(checkFiles(root)).toHaveLength(2);
});

it('finds a source file that is too long', () => {
  write('packages/a/src/long.ts', '//\n'.repeat(401));
  write('packages/a/src/long-enough.ts', '//\n'.repeat(400));
  expect(checkFiles(root)).toEqual([
    'packages/a/src/long.ts: has 401 lines, at most 400; split it',
  ]);
});

function write(file, content) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}
