import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AddOptions } from '../../src/install/add.ts';
import {
  addPlugin,
  type InstallPlan,
  linkPlugin,
  listPlugins,
  pluginInfo,
  readLockfile,
  removePlugin,
  verifyInstalled,
} from '../../src/install/index.ts';
import { type BuiltEntries, buildEntries } from './build-entries.ts';
import {
  everythingIn,
  HEALTHY_ENTRY,
  packEntries,
  packPackage,
  temporaryFolder,
  writePackage,
} from './packages.ts';
import { type Published, startRegistry, type TinyRegistry } from './tiny-registry.ts';

let built: BuiltEntries;
let runner: string;
let registry: TinyRegistry | undefined;

beforeAll(async () => {
  built = await buildEntries('probe-runner');
  runner = built.path('probe-runner');
});

afterAll(() => built.remove());

afterEach(async () => {
  await registry?.close();
  registry = undefined;
  vi.unstubAllEnvs();
});

async function publish(...published: Published[]): Promise<string> {
  registry = await startRegistry(published);
  return registry.url;
}

function add(home: string, source: string, more: Partial<AddOptions> = {}) {
  return addPlugin({ home, source, runner, ...more });
}

/** A home with the plugin `old` in it, and what it looks like. */
async function homeWithPlugin() {
  const home = await temporaryFolder();
  await add(home, await packPackage({ id: 'old' }));
  return { home, before: await snapshot(home) };
}

async function snapshot(home: string) {
  const paths = await everythingIn(home);
  return { paths, lockfile: await readFile(join(home, 'ftctl.lock.json'), 'utf8') };
}

describe('addPlugin', () => {
  it('installs a tarball into a version folder that is read-only, and records it', async () => {
    const home = await temporaryFolder();
    const steps: string[] = [];
    let shown: InstallPlan | undefined;
    const tarball = await packPackage({
      manifest: { permissions: { childProcesses: ['logger'] } },
    });
    const added = await add(home, tarball, {
      onProgress: (step) => steps.push(step),
      confirm: (plan) => {
        shown = plan;
        return true;
      },
    });
    expect(added).toMatchObject({ id: 'probe', package: 'ftctl-plugin-probe', version: '1.0.0' });
    expect(added.folder).toMatch(/plugins\/probe\/1\.0\.0-[0-9a-f]{12}$/);
    expect((await stat(join(added.folder, 'plugin.js'))).mode & 0o222).toBe(0);
    expect(shown).toMatchObject({ id: 'probe', permissions: { childProcesses: ['logger'] } });
    expect(steps).toEqual(['fetch', 'unpack', 'check', 'probe', 'move', 'record']);
    const { plugins } = await readLockfile(home);
    expect(plugins.probe).toMatchObject({
      source: tarball,
      integrity: added.integrity,
      folder: added.folder.slice(home.length + 1),
    });
    expect(await everythingIn(join(home, 'plugins', '.staging'))).toEqual([]);
    expect(await verifyInstalled(home)).toEqual([{ id: 'probe', version: '1.0.0' }]);
  });

  it('installs a folder through npm pack, without running its scripts', async () => {
    const home = await temporaryFolder();
    const folder = await writePackage({
      packageJson: {
        scripts: { prepack: 'touch RAN', prepare: 'touch RAN' },
        files: ['*.js', '*.json'],
      },
      files: { 'notes.txt': 'not packed' },
    });
    const { folder: installed } = await add(home, './', { cwd: folder });
    const files = await everythingIn(installed);
    expect(files).toContain('plugin.js');
    expect(files).not.toContain('notes.txt');
    expect(await everythingIn(folder)).not.toContain('RAN');
    expect((await readLockfile(home)).plugins.probe?.source).toBe(folder);
  });

  it('installs from a registry, by name and range', async () => {
    const home = await temporaryFolder();
    const tarball = await packPackage({ packageJson: { name: '@acme/ftctl-plugin-probe' } });
    const url = await publish({ name: '@acme/ftctl-plugin-probe', version: '1.0.0', tarball });
    const added = await add(home, '@acme/ftctl-plugin-probe@^1.0.0', { registry: url });
    expect(added).toMatchObject({ package: '@acme/ftctl-plugin-probe', version: '1.0.0' });
    await expect(
      add(home, '@acme/ftctl-plugin-probe@^2.0.0', { registry: url }),
    ).rejects.toMatchObject({ code: 'FT_INSTALL_NPM' });
  });

  it('installs dependencies from the registry into the version folder, without their scripts', async () => {
    const home = await temporaryFolder();
    const dependency = await packPackage({
      packageJson: { name: 'tiny-words', scripts: { postinstall: 'touch RAN' } },
      entry: 'export const word = "hello";',
    });
    const tarball = await packPackage({
      packageJson: {
        dependencies: { 'tiny-words': '^1.0.0' },
        devDependencies: { '@ftctl/sdk': 'workspace:*' },
      },
      entry: `import { word } from 'tiny-words/plugin.js';\n${HEALTHY_ENTRY}globalThis.word = word;`,
    });
    const url = await publish({ name: 'tiny-words', version: '1.0.0', tarball: dependency });
    const { folder } = await add(home, tarball, { registry: url });
    const files = await everythingIn(join(folder, 'node_modules', 'tiny-words'));
    expect(files).toContain('plugin.js');
    expect(files).not.toContain('RAN');
    expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).toMatchObject({
      devDependencies: { '@ftctl/sdk': 'workspace:*' },
    });
    expect(await verifyInstalled(home)).toEqual([{ id: 'probe', version: '1.0.0' }]);
  });

  it('replaces a version and keeps the last one, no older', async () => {
    const home = await temporaryFolder();
    const folders: string[] = [];
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
      const added = await add(home, await packPackage({ packageJson: { version } }));
      folders.push(added.folder.split('/').at(-1) ?? '');
    }
    const left = (await everythingIn(join(home, 'plugins', 'probe'))).filter(
      (path) => !path.includes('/'),
    );
    expect(left).toEqual(folders.slice(1));
    expect((await readLockfile(home)).plugins.probe?.version).toBe('1.2.0');
  });

  it('shares version folders between homes, unpacked and probed once', async () => {
    const installRoot = await temporaryFolder();
    const tarball = await packPackage();
    const homes = await Promise.all([temporaryFolder(), temporaryFolder(), temporaryFolder()]);
    const steps: string[][] = [];
    for (const home of homes) {
      const seen: string[] = [];
      await add(home, tarball, { installRoot, onProgress: (step) => seen.push(step) });
      steps.push(seen);
    }
    expect(steps[0]).toContain('probe');
    expect(steps[1]).toEqual(['fetch', 'move', 'record']);
    const [first, second] = await Promise.all(homes.map((home) => readLockfile(home)));
    expect(first?.plugins.probe?.folder).toBe(second?.plugins.probe?.folder);
    await removePlugin({ home: homes[0] ?? '', id: 'probe' });
    expect(await verifyInstalled(homes[1] ?? '')).toEqual([{ id: 'probe', version: '1.0.0' }]);
  });

  it('puts a damaged version right when it is added again', async () => {
    const home = await temporaryFolder();
    const tarball = await packPackage();
    const { folder } = await add(home, tarball);
    await rm(join(folder, 'plugin.js'));
    await writeFile(join(folder, 'plugin.js'), 'evil');
    expect(await verifyInstalled(home)).toMatchObject([
      { problem: { code: 'FT_INSTALL_DAMAGED' } },
    ]);
    await add(home, tarball);
    expect(await verifyInstalled(home)).toEqual([{ id: 'probe', version: '1.0.0' }]);
  });
});

describe('addPlugin that fails', () => {
  const withNamespace = { manifest: { commands: { namespace: 'status', list: [] } } };
  const refused: readonly [string, string, () => Promise<string>][] = [
    [
      'a path escape',
      'FT_INSTALL_TARBALL',
      () => packEntries([{ path: 'package/../../x', text: 'x' }]),
    ],
    [
      'no manifest',
      'FT_HOST_MANIFEST',
      () =>
        packEntries([
          { path: 'package/package.json', text: '{"name":"ftctl-plugin-a","version":"1.0.0"}' },
        ]),
    ],
    ['a bad manifest', 'FT_HOST_MANIFEST', () => packPackage({ manifest: { manifestVersion: 9 } })],
    ['a namespace of ftctl', 'FT_INSTALL_NAMESPACE_TAKEN', () => packPackage(withNamespace)],
    [
      'the id of another package',
      'FT_INSTALL_ID_TAKEN',
      () => packPackage({ id: 'old', packageJson: { name: '@acme/ftctl-plugin-old' } }),
    ],
    [
      'a capability that nobody provides',
      'FT_INSTALL_CAPABILITY',
      () => packPackage({ manifest: { requires: [{ capability: 'plan.source@1' }] } }),
    ],
    [
      'a local dependency',
      'FT_INSTALL_DEPENDENCY',
      () => packPackage({ packageJson: { dependencies: { a: 'file:../a' } } }),
    ],
    [
      'an entry that throws',
      'FT_HOST_NOT_A_PLUGIN',
      () => packPackage({ entry: 'throw new Error("not today")' }),
    ],
    [
      'an entry that ends its process',
      'FT_HOST_PROBE',
      () => packPackage({ entry: 'console.error("bye"); process.exit(3)' }),
    ],
    [
      'an entry that is no plugin',
      'FT_HOST_NOT_A_PLUGIN',
      () => packPackage({ entry: 'export default {}' }),
    ],
    ['a file that is not there', 'FT_INSTALL_SOURCE', async () => '/nowhere/a.tgz'],
  ];
  it.each(refused)('for %s leaves everything as it was', async (_what, code, source) => {
    const { home, before } = await homeWithPlugin();
    await expect(add(home, await source())).rejects.toMatchObject({ code });
    expect(await snapshot(home)).toEqual(before);
  });

  it('because the operator declined leaves everything as it was', async () => {
    const { home, before } = await homeWithPlugin();
    const adding = add(home, await packPackage(), { confirm: () => false });
    await expect(adding).rejects.toMatchObject({ code: 'FT_INSTALL_DECLINED' });
    expect(await snapshot(home)).toEqual(before);
  });

  it('because the registry sends other bytes than it promised leaves everything as it was', async () => {
    const { home, before } = await homeWithPlugin();
    const tarball = await packPackage();
    const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
    const url = await publish({ name: 'ftctl-plugin-probe', version: '1.0.0', tarball, integrity });
    vi.stubEnv('npm_config_fetch_retries', '0');
    await expect(add(home, 'ftctl-plugin-probe', { registry: url })).rejects.toMatchObject({
      code: 'FT_INSTALL_INTEGRITY',
    });
    expect(await snapshot(home)).toEqual(before);
  });

  it('because a dependency cannot be had leaves everything as it was', async () => {
    const { home, before } = await homeWithPlugin();
    const tarball = await packPackage({ packageJson: { dependencies: { 'not-there': '^1.0.0' } } });
    const url = await publish();
    await expect(add(home, tarball, { registry: url })).rejects.toMatchObject({
      code: 'FT_INSTALL_NPM',
      message: expect.stringContaining('not-there'),
    });
    expect(await snapshot(home)).toEqual(before);
  });
});

describe('removePlugin, linkPlugin and the questions', () => {
  it('removes a plugin with its files', async () => {
    const home = await temporaryFolder();
    await add(home, await packPackage());
    expect(await removePlugin({ home, id: 'probe' })).toMatchObject({ version: '1.0.0' });
    expect(await listPlugins(home)).toEqual([]);
    expect(await everythingIn(join(home, 'plugins'))).toEqual(['.staging']);
    await expect(removePlugin({ home, id: 'probe' })).rejects.toMatchObject({
      code: 'FT_INSTALL_NOT_INSTALLED',
    });
  });

  it('links a working folder and leaves it alone when it is removed', async () => {
    const home = await temporaryFolder();
    const folder = await writePackage({ packageJson: { dependencies: { a: 'workspace:*' } } });
    expect(await linkPlugin({ home, folder, runner })).toMatchObject({
      linked: true,
      path: folder,
    });
    expect(await pluginInfo(home, 'probe')).toMatchObject({
      linked: true,
      packageJson: { name: 'ftctl-plugin-probe' },
    });
    expect(await verifyInstalled(home)).toEqual([{ id: 'probe', version: '1.0.0' }]);
    await removePlugin({ home, id: 'probe' });
    expect(await everythingIn(folder)).toContain('plugin.js');
  });

  it('lists a plugin whose files are gone, and says so', async () => {
    const home = await temporaryFolder();
    const { folder } = await add(home, await packPackage());
    await add(home, await packPackage({ id: 'other' }));
    await rm(folder, { recursive: true });
    expect(await listPlugins(home)).toMatchObject([
      { id: 'other', manifest: { id: 'other' } },
      { id: 'probe', problem: expect.stringContaining('ENOENT') },
    ]);
    expect((await verifyInstalled(home))[1]?.problem?.code).toBe('FT_INSTALL_DAMAGED');
  });
});
