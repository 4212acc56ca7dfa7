import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkPackaging } from '../packaging.mjs';

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ftctl-packaging-test-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const sound = {
  name: 'sample',
  version: '1.0.0',
  type: 'module',
  license: 'Apache-2.0',
  engines: { node: '>=20.19' },
  bin: { sample: 'bin.js' },
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
  files: ['bin.js', 'index.js', 'index.d.ts'],
};

it('accepts a package that a stranger can use', async () => {
  writePackage(sound, { 'README.md': '# sample\n' });
  expect(await checkPackaging(root)).toEqual({ problems: [], note: 'sample' });
});

it('names everything that is wrong with one', async () => {
  writePackage(
    { ...sound, scripts: { postinstall: 'true' }, files: [...sound.files, 'index.js.map'] },
    {
      'index.js.map': '{}',
      'index.d.ts': "export * from 'nowhere';\n",
      'bin.js': '#!/usr/bin/env node\nconsole.log();\n',
    },
  );
  const { problems } = await checkPackaging(root);
  for (const complaint of [
    'README.md is not in the tarball',
    'has an install script: postinstall',
    'a source map is in the tarball',
    '--help does not tell its name',
    "types: node_modules/sample/index.d.ts(1,15): error TS2307: Cannot find module 'nowhere'",
  ]) {
    expect(
      problems.filter((problem) => problem.includes(complaint)),
      complaint,
    ).toHaveLength(1);
  }
});

it('tells of a package that cannot be installed alone', async () => {
  writePackage({ ...sound, exports: { '.': './gone.js' } }, {});
  const { problems } = await checkPackaging(root);
  expect(problems.join('\n')).toContain('gone.js');
});

function writePackage(pkg, files) {
  const all = {
    'package.json': JSON.stringify(pkg),
    LICENSE: 'terms',
    'bin.js': "#!/usr/bin/env node\nconsole.log('sample');\n",
    'index.js': 'export const a = 1;\n',
    'index.d.ts': 'export declare const a: number;\n',
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    const file = join(root, 'packages/sample', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
