import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSource } from '../../src/install/source.ts';
import { temporaryFolder } from './packages.ts';

describe('parseSource', () => {
  it.each([
    'ftctl-plugin-x',
    'ftctl-plugin-x@1.2.3',
    '@ftctl/plugin-x',
    '@ftctl/plugin-x@^1.0.0',
    '@scope/ftctl-plugin-x@next',
    'ftctl-plugin-x@>=1 <2'.replace(' ', ''),
  ])('takes %s as a package', async (spec) => {
    expect(await parseSource(spec)).toEqual({ kind: 'registry', spec });
  });

  it('takes paths as folders or files, relative to the caller', async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, 'dir'));
    await writeFile(join(cwd, 'a.tgz'), '');
    expect(await parseSource('./dir', cwd)).toEqual({ kind: 'folder', path: join(cwd, 'dir') });
    expect(await parseSource('.', join(cwd, 'dir'))).toMatchObject({ path: join(cwd, 'dir') });
    expect(await parseSource('a.tgz', cwd)).toEqual({ kind: 'tarball', path: join(cwd, 'a.tgz') });
    expect(await parseSource(join(cwd, 'a.tgz'))).toMatchObject({ kind: 'tarball' });
  });

  it.each([
    '',
    './nowhere',
    '--registry=x',
    'git+ssh://a/b',
    'a/b',
    'x@file:../y',
    'X Y',
    'http://a/b.tgz',
  ])('refuses %j', async (source) => {
    await expect(parseSource(source, '/')).rejects.toMatchObject({ code: 'FT_INSTALL_SOURCE' });
  });
});
