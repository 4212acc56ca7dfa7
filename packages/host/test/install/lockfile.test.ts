import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLockfile, withPlugin, writeLockfile } from '../../src/install/lockfile.ts';
import { npmEnvironment } from '../../src/install/npm.ts';
import { reportedIntegrity } from '../../src/install/tarball.ts';
import { everythingIn, temporaryFolder } from './packages.ts';

const entry = {
  package: 'ftctl-plugin-a',
  version: '1.0.0',
  source: './a',
  integrity: 'sha512-x',
  folder: 'plugins/a/1.0.0-x',
  addedAt: '2026-01-01T00:00:00.000Z',
};

describe('lockfile', () => {
  it('is empty when there is none, and keeps what is written', async () => {
    const home = await temporaryFolder();
    const empty = await readLockfile(home);
    expect(empty).toEqual({ lockVersion: 1, plugins: {} });
    const two = withPlugin(withPlugin(empty, 'b', entry), 'a', entry);
    await writeLockfile(home, two);
    expect(await readLockfile(home)).toEqual(two);
    expect(Object.keys((await readLockfile(home)).plugins)).toEqual(['a', 'b']);
    await writeLockfile(home, withPlugin(two, 'b'));
    expect(Object.keys((await readLockfile(home)).plugins)).toEqual(['a']);
    expect(await everythingIn(home)).toEqual(['ftctl.lock.json']);
  });

  it.each(['', '[]', '{"lockVersion":2,"plugins":{}}', '{"lockVersion":1,"plugins":{"a":{}}}'])(
    'refuses %j and leaves it as it is',
    async (text) => {
      const home = await temporaryFolder();
      const path = join(home, 'ftctl.lock.json');
      await writeFile(path, text);
      await expect(readLockfile(home)).rejects.toMatchObject({ code: 'FT_INSTALL_LOCKFILE' });
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );
});

describe('what npm answers', () => {
  it('is read in the form of npm 10 and 11, and of npm 12', () => {
    const packed = { name: 'a', integrity: 'sha512-abc' };
    expect(reportedIntegrity(JSON.stringify([packed]))).toBe('sha512-abc');
    expect(reportedIntegrity(JSON.stringify({ a: packed }))).toBe('sha512-abc');
    expect(reportedIntegrity('[]')).toBeUndefined();
    expect(reportedIntegrity(JSON.stringify([packed, packed]))).toBeUndefined();
    expect(() => reportedIntegrity('oops')).toThrow(
      expect.objectContaining({ code: 'FT_INSTALL_NPM' }),
    );
  });

  it('is not bent by the settings of an npm around us', () => {
    const env = {
      PATH: '/bin',
      npm_config_registry: 'http://r',
      npm_config_dry_run: 'true',
      NPM_CONFIG_WORKSPACE: 'x',
    };
    expect(npmEnvironment(env)).toEqual({ PATH: '/bin', npm_config_registry: 'http://r' });
  });
});
