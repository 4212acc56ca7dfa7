import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { nodeProblem } from '../node-version.mjs';
import { pinnedPnpm } from '../steps.mjs';

const root = resolve(import.meta.dirname, '../../..');
const pkg = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));

it('uses one version of pnpm: in packageManager, for turbo, and in the set-up', () => {
  expect(pkg.packageManager).toBe(`pnpm@${pkg.devDependencies.pnpm}`);
  expect(pinnedPnpm(root)).toBe(pkg.packageManager);
});

it('pins every dependency of the root exactly', () => {
  for (const version of Object.values(pkg.devDependencies)) {
    expect(version).toMatch(/^(\d+\.\d+\.\d+|workspace:\*)$/);
  }
});

it.each(['20.19.0', '20.20.2', '22.0.0', '26.10.0'])('accepts Node %s', (version) => {
  expect(nodeProblem(version, pkg.engines.node)).toBeUndefined();
});

it.each(['20.18.3', '18.20.0', '8.17.0'])('tells what Node %s lacks', (version) => {
  expect(nodeProblem(version, pkg.engines.node)).toContain('20.19 or newer');
});
