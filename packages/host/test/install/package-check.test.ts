import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkInstallable, checkLoadable, readPackage } from '../../src/install/package-check.ts';
import { type PackageParts, writePackage } from './packages.ts';

async function check(parts: PackageParts, folder?: string): Promise<void> {
  const plugin = await readPackage(await writePackage(parts, folder));
  await checkLoadable(plugin);
  await checkInstallable(plugin);
}

describe('package checks', () => {
  it.each([
    { packageJson: { name: '@ftctl/plugin-probe' } },
    { packageJson: { name: 'ftctl-plugin-probe' } },
    { packageJson: { name: '@acme/ftctl-plugin-probe' } },
    { packageJson: { type: undefined }, manifest: { entry: 'p.mjs' }, files: { 'p.mjs': '' } },
    { packageJson: { devDependencies: { a: 'workspace:*' }, dependencies: { b: '^1.0.0' } } },
    { packageJson: { scripts: { prepare: 'tsc', build: 'tsc' }, engines: { node: '>=20' } } },
    {
      manifest: { config: { schema: 'c.json', version: 1 } },
      files: { 'c.json': '{"type":"object"}' },
    },
  ] satisfies PackageParts[])('accepts %j', async (parts) => {
    await expect(check(parts)).resolves.toBeUndefined();
  });

  it.each([
    [
      'another name',
      { packageJson: { name: 'ftctl-plugin-other' } },
      'FT_INSTALL_MANIFEST',
      /ftctl-plugin-probe/,
    ],
    [
      'the name of ours in a foreign scope',
      { packageJson: { name: '@acme/plugin-probe' } },
      'FT_INSTALL_MANIFEST',
      /ftctl-plugin-probe/,
    ],
    ['no version', { packageJson: { version: 'latest' } }, 'FT_INSTALL_MANIFEST', /version/],
    ['CommonJS', { packageJson: { type: 'commonjs' } }, 'FT_INSTALL_MANIFEST', /ES module/],
    [
      'a missing entry',
      { manifest: { entry: 'dist/plugin.js' } },
      'FT_INSTALL_MANIFEST',
      /dist\/plugin.js.*built/,
    ],
    ['an entry outside', { manifest: { entry: '../plugin.js' } }, 'FT_HOST_MANIFEST', /entry/],
    ['no id', { manifest: { id: undefined } }, 'FT_HOST_MANIFEST', /id/],
    ['an unknown field', { manifest: { colour: 'red' } }, 'FT_HOST_MANIFEST', /colour/],
    ['another contract', { manifest: { api: '^7.0.0' } }, 'FT_HOST_API', /\^7\.0\.0/],
    ['another Node', { packageJson: { engines: { node: '>=99' } } }, 'FT_INSTALL_NODE', />=99/],
    [
      'a postinstall script',
      { packageJson: { scripts: { postinstall: 'x' } } },
      'FT_INSTALL_SCRIPTS',
      /postinstall/,
    ],
    ['a binding.gyp', { files: { 'binding.gyp': '{}' } }, 'FT_INSTALL_SCRIPTS', /binding.gyp/],
    [
      'a workspace dependency',
      { packageJson: { dependencies: { a: 'workspace:*' } } },
      'FT_INSTALL_DEPENDENCY',
      /workspace/,
    ],
    [
      'a catalog dependency',
      { packageJson: { dependencies: { a: 'catalog:' } } },
      'FT_INSTALL_DEPENDENCY',
      /catalog/,
    ],
    [
      'a file dependency',
      { packageJson: { optionalDependencies: { a: 'file:../a' } } },
      'FT_INSTALL_DEPENDENCY',
      /file/,
    ],
    [
      'a linked dependency',
      { packageJson: { dependencies: { a: 'link:../a' } } },
      'FT_INSTALL_DEPENDENCY',
      /link/,
    ],
    [
      'a missing schema',
      { manifest: { config: { schema: 'c.json', version: 1 } } },
      'FT_INSTALL_MANIFEST',
      /c.json/,
    ],
    [
      'an invalid schema',
      {
        manifest: { config: { schema: 'c.json', version: 1 } },
        files: { 'c.json': '{"type":"objekt"}' },
      },
      'FT_INSTALL_MANIFEST',
      /c.json/,
    ],
  ] as const)('refuses %s', async (_what, parts, code, message) => {
    await expect(check(parts)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('refuses an entry that a link leads out of the package', async () => {
    const folder = await writePackage();
    await rm(join(folder, 'plugin.js'));
    await symlink('/etc/passwd', join(folder, 'plugin.js'));
    const plugin = await readPackage(folder);
    await expect(checkLoadable(plugin)).rejects.toMatchObject({ code: 'FT_INSTALL_MANIFEST' });
  });
});
