import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkImports } from '../imports.mjs';

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ftctl-imports-'));
  const room = { name: '@ftctl/room', private: true, dependencies: { ws: '8.0.0' } };
  write('packages/room/package.json', JSON.stringify(room));
  write('packages/room/src/index.ts', "export { WebSocket } from 'ws';\n");
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

it('accepts imports that are declared and stay in the package', () => {
  write('packages/room/src/more.ts', "import './index.ts';\nimport 'node:fs';\n");
  write('packages/room/src/more.test.ts', "import 'vitest';\n");
  expect(checkImports(root, { devDependencies: { vitest: '4.0.0' } })).toEqual([]);
});

it.each([
  ['leaves the package', "export * from '../../other/src/index.ts';", 'leaves @ftctl/room'],
  ['has no extension', "export * from './index';", 'does not exist'],
  ['is not declared', "export * from 'yaml';", '"yaml" is not in the dependencies'],
  ['is only a type', "export type T = import('@ftctl/other').T;", '"@ftctl/other" is not in'],
  ['comes late', "export const late = import('@ftctl/other');", '"@ftctl/other" is not in'],
  ['is for tests', "export * from 'vitest';", '"vitest" is not in the dependencies'],
  ['lacks node:', "export * from 'fs';", 'lacks its node: prefix'],
])('refuses an import that %s', (_what, source, complaint) => {
  write('packages/room/src/wrong.ts', `${source}\n`);
  const problems = checkImports(root, { devDependencies: { vitest: '4.0.0' } });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(complaint);
});

it('asks a published package to declare what its rooms need, and no more', () => {
  const carrier = { name: 'carrier', dependencies: { yaml: '2.0.0' } };
  const devDependencies = { '@ftctl/room': 'workspace:*' };
  write('packages/carrier/package.json', JSON.stringify({ ...carrier, devDependencies }));
  write('packages/carrier/src/index.ts', "export * from '@ftctl/room';\n");
  const problems = checkImports(root);
  expect(problems.some((line) => line.includes('needs ws 8.0.0'))).toBe(true);
  expect(problems.some((line) => line.includes('yaml is imported by nothing'))).toBe(true);
});

function write(file, content) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}
