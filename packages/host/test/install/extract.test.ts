import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EntryGuard, extractTarball, MAX_ENTRIES } from '../../src/install/extract.ts';
import { everythingIn, packEntries, packPackage, temporaryFolder } from './packages.ts';

const fine = { path: 'package/package.json', text: '{}' };

async function extract(tarball: string): Promise<string> {
  const root = await temporaryFolder();
  await extractTarball(tarball, join(root, 'out'), 'x.tgz');
  return root;
}

describe('extractTarball', () => {
  it('unpacks every file of a package, without its leading folder', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [
        `dist/deep/${n % 7}/file-${n}.js`,
        `${n}\n`.repeat(500),
      ]),
    );
    const root = await extract(await packPackage({ files }));
    for (const [path, text] of Object.entries(files)) {
      expect(await readFile(join(root, 'out', path), 'utf8')).toBe(text);
    }
    expect(await everythingIn(join(root, 'out'))).toContain('plugin.js');
  });

  it.each([
    ['a path that leaves the package', { path: 'package/../../escaped.txt' }, /leaves the package/],
    ['an absolute path', { path: '/tmp/ftctl-escaped.txt' }, /absolute/],
    ['an entry outside package/', { path: 'other/file.txt' }, /outside package/],
    [
      'a symbolic link',
      { path: 'package/link', type: 'SymbolicLink', linkpath: '/etc/passwd' },
      /SymbolicLink/,
    ],
    [
      'a hard link',
      { path: 'package/link', type: 'Link', linkpath: 'package/package.json' },
      /Link/,
    ],
    ['a device', { path: 'package/device', type: 'CharacterDevice' }, /CharacterDevice/],
    ['a pipe', { path: 'package/pipe', type: 'FIFO' }, /FIFO/],
    ['a path with a backslash', { path: 'package\\..\\x' }, /leaves|outside|character/],
    ['the same path twice', { path: 'package/PACKAGE.json' }, /twice/],
  ] as const)('refuses %s and writes nothing outside its folder', async (_what, bad, why) => {
    const root = await temporaryFolder();
    const tarball = await packEntries([fine, { text: 'x', ...bad }]);
    await expect(extractTarball(tarball, join(root, 'a', 'out'), 'x.tgz')).rejects.toMatchObject({
      code: 'FT_INSTALL_TARBALL',
      message: expect.stringMatching(why),
    });
    expect((await everythingIn(root)).filter((path) => !path.startsWith('a'))).toEqual([]);
    expect(await everythingIn(join(root, 'a'))).not.toContain('escaped.txt');
  });

  it('refuses a file that is no archive, one that is cut short, one compressed twice, an empty one', async () => {
    const folder = await temporaryFolder();
    const noArchive = join(folder, 'no.tgz');
    await writeFile(noArchive, 'hello');
    const cut = await packPackage();
    await truncate(cut, 200);
    const twice = await packPackage();
    await writeFile(twice, gzipSync(await readFile(twice)));
    const empty = await packEntries([{ path: 'package/', type: 'Directory' }]);
    for (const tarball of [noArchive, cut, twice, empty]) {
      await expect(extract(tarball)).rejects.toMatchObject({ code: 'FT_INSTALL_TARBALL' });
    }
  });

  it('stops at its limit of bytes, however well they were compressed', async () => {
    const zeros = { path: 'package/zeros', text: '\0'.repeat(4 * 1024 * 1024) };
    const tarball = await packEntries([fine, zeros]);
    const out = join(await temporaryFolder(), 'out');
    await expect(extractTarball(tarball, out, 'x.tgz', 1024 * 1024)).rejects.toMatchObject({
      code: 'FT_INSTALL_TARBALL',
      message: expect.stringContaining('unpacks to more than'),
    });
    await extractTarball(tarball, join(await temporaryFolder(), 'out'), 'x.tgz');
  });
});

describe('EntryGuard', () => {
  it('counts entries', () => {
    const guard = new EntryGuard();
    const refused = Array.from({ length: MAX_ENTRIES }, (_, n) =>
      guard.check(`package/${n}`, { type: 'File' }),
    ).filter((why) => why !== undefined);
    expect(refused).toEqual([]);
    expect(guard.check('package/one-more', { type: 'File' })).toMatch(/more than/);
  });
});
