import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homePaths, initHome, readConfig, readManifest } from '@ftctl/host';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enterPlugin, parseSetting } from '../src/plugin-entry.ts';

const folder = join(import.meta.dirname, 'fixtures', 'echo-plugin');

describe('--set', () => {
  it.each([
    ['role=probe', ['role'], 'probe'],
    ['peer.port=4100', ['peer', 'port'], 4100],
    ['on=true', ['on'], true],
    ['hosts=[a, b]', ['hosts'], ['a', 'b']],
    ['text=a=b', ['text'], 'a=b'],
    ['text=', ['text'], null],
    ['text={broken', ['text'], '{broken'],
  ])('%s', (given, keys, value) => {
    expect(parseSetting(given)).toEqual({ keys, value });
  });

  it.each(['role', '=probe', 'a..b=1'])('refuses %s', (given) => {
    expect(() => parseSetting(given)).toThrow(/key=value/);
  });
});

describe('a plugin in ftctl.yaml', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'ftctl-entry-'));
    await initHome({ home, name: 'a' });
  });

  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is entered with its settings, comments kept', async () => {
    const paths = homePaths(home);
    const plugin = { manifest: await readManifest(folder), folder };
    const problem = await enterPlugin(paths, plugin, [parseSetting('greeting=good day')]);
    expect(problem).toBeUndefined();
    const { plugins } = await readConfig(paths);
    expect(plugins.echo).toMatchObject({ enabled: true, config: { greeting: 'good day' } });
    expect(await readFile(paths.config, 'utf8')).toContain('# The host');
  });

  it('is entered as disabled when its config is not right', async () => {
    const paths = homePaths(home);
    const plugin = { manifest: await readManifest(folder), folder };
    const problem = await enterPlugin(paths, plugin, [parseSetting('unknown=1')]);
    expect(problem?.code).toBe('FT_HOST_PLUGIN_CONFIG');
    expect((await readConfig(paths)).plugins.echo?.enabled).toBe(false);
  });

  it('keeps what the operator has written before', async () => {
    const paths = homePaths(home);
    const plugin = { manifest: await readManifest(folder), folder };
    await enterPlugin(paths, plugin, [parseSetting('greeting=mine')]);
    await enterPlugin(paths, plugin, []);
    expect((await readConfig(paths)).plugins.echo?.config).toEqual({ greeting: 'mine' });
  });
});
