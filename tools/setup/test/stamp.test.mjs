import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildStamp, installStamp } from '../stamp.mjs';

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ftctl-stamp-'));
  for (const folder of ['node_modules', 'plugins', 'tools', 'packages/a/src', 'packages/a/dist']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', 'turbo.json']) {
    writeFileSync(join(root, file), '');
  }
  writeFileSync(join(root, 'tsconfig.base.json'), '{}');
  writeFileSync(join(root, 'package.json'), '{ "name": "root" }');
  writePackage({});
  writeFileSync(join(root, 'packages/a/src/index.ts'), 'export {};\n');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

it('asks for an install when a dependency or the lockfile changes, and only then', () => {
  const before = installStamp(root);
  writePackage({ description: 'says more' });
  expect(installStamp(root)).toBe(before);
  writePackage({ peerDependencies: { b: '1.0.0' } });
  expect(installStamp(root)).not.toBe(before);
  writePackage({});
  writeFileSync(join(root, 'pnpm-lock.yaml'), 'changed');
  expect(installStamp(root)).not.toBe(before);
});

it('asks for an install when installed packages are gone', () => {
  writePackage({ dependencies: { b: '1.0.0' } });
  expect(installStamp(root)).toBeUndefined();
});

it('asks for a build when a source or a built file changes', () => {
  const before = buildStamp(root);
  expect(buildStamp(root)).toBe(before);
  writeFileSync(join(root, 'packages/a/src/index.ts'), 'export const a = 1;\n');
  const edited = buildStamp(root);
  expect(edited).not.toBe(before);
  writeFileSync(join(root, 'packages/a/dist/index.js'), '');
  const built = buildStamp(root);
  expect(built).not.toBe(edited);
  utimesSync(join(root, 'packages/a/dist/index.js'), 1, 1);
  expect(buildStamp(root)).not.toBe(built);
});

it('asks for a build when there is none', () => {
  writePackage({ scripts: { build: 'make' } });
  rmSync(join(root, 'packages/a/dist'), { recursive: true });
  expect(buildStamp(root)).toBeUndefined();
});

function writePackage(fields) {
  writeFileSync(join(root, 'packages/a/package.json'), JSON.stringify({ name: 'a', ...fields }));
}
