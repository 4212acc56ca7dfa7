import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installStamp } from '../stamp.mjs';

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ftctl-stamp-'));
  for (const folder of ['node_modules', 'plugins', 'tools', 'packages/a']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc']) {
    writeFileSync(join(root, file), '');
  }
  writeFileSync(join(root, 'package.json'), '{ "name": "root" }');
  writePackage({});
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

function writePackage(fields) {
  writeFileSync(join(root, 'packages/a/package.json'), JSON.stringify({ name: 'a', ...fields }));
}
