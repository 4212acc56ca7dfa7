import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '@ftctl/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MANIFEST_FILE } from '../manifest.ts';
import { homePaths } from '../paths.ts';
import { editConfig, removePluginEntry, setIn, setPluginEnabled } from './edit.ts';
import { initHome } from './init.ts';
import { parseConfig } from './parse.ts';
import { checkPluginConfig, requirePluginConfig } from './plugin-config.ts';
import { readConfig } from './read.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ft-config-'));
});
afterEach(() => rm(home, { recursive: true }));

test('a new home has a configuration that reads with its defaults', async () => {
  const paths = await initHome({ home, name: 'london-1' });
  expect(await readConfig(paths)).toEqual({
    host: 'london-1',
    listen: '127.0.0.1',
    ca: {},
    tls: { revocationIntervalMs: 30_000 },
    metrics: { enabled: true, port: 0 },
    dashboard: { enabled: true, listen: '127.0.0.1:0', clientCertificates: true },
    log: { level: 'info', maxBytes: 10_485_760, keep: 5 },
    directory: {},
    plugins: {},
  });
  expect((await stat(paths.config)).mode & 0o777).toBe(0o600);
});

test('a home is not set up twice', async () => {
  await initHome({ home, name: 'a' });
  await expect(initHome({ home, name: 'b' })).rejects.toMatchObject({
    code: 'FT_HOST_HOME_EXISTS',
  });
});

test('a name that peers could not use is refused with one that they could', async () => {
  await expect(initHome({ home, name: 'My Host' })).rejects.toMatchObject({
    code: 'FT_HOST_NAME',
    action: 'Choose another name, for example my-host.',
  });
});

test('a folder that is no home says so', async () => {
  await expect(readConfig(homePaths(home))).rejects.toMatchObject({ code: 'FT_HOST_NO_HOME' });
});

test.each([
  ['host: a\nlisten: [', 'f.yaml:2: YAML: '],
  ['listen: 127.0.0.1', 'f.yaml:1: (root): host is missing'],
  ['host: a\n\nport: 3', 'f.yaml:3: (root): unknown key port'],
  ['host: a\nmetrics:\n  port: high', 'f.yaml:3: metrics.port: must be integer'],
  ['host: a\nmetrics:\n  enabled: true\n  prot: 1', 'f.yaml:4: metrics: unknown key prot'],
  ['host: a\nlog: {level: loud}', 'f.yaml:2: log.level: must be one of debug, info, warn, error'],
  ['host: a\nhost: b', 'f.yaml:2: YAML: '],
  ['host: a\ndirectory:\n  b:\n    p: "a b"', 'f.yaml:4: directory.b.p: must match pattern'],
  ['host: a\nlisten: 0.0.0.0', 'f.yaml:2: listen: must be of this machine'],
  ['- a', 'f.yaml:1: (root): must be object'],
])('%j names file, line, place and mistake', (text, message) => {
  expect(() => parseConfig(text, 'f.yaml', false)).toThrow(message);
});

test('addresses beyond loopback need a certificate', () => {
  const far = 'host: a\nlisten: 192.0.2.1\ndirectory:\n  b:\n    p: "[2001:db8::1]:4100"\n';
  expect(() => parseConfig(far, 'f', false)).toThrow('f:2: listen: must be of this machine');
  const near = far.replace('192.0.2.1', '127.0.0.1');
  expect(() => parseConfig(near, 'f', false)).toThrow(
    'f:5: directory.b.p: must be of this machine',
  );
  const nearer = near.replace('2001:db8::1', '::1');
  expect(parseConfig(nearer, 'f', false).config.listen).toBe('127.0.0.1');
  expect(parseConfig(far, 'f', true).config.listen).toBe('192.0.2.1');
});

test('a home without a certificate counts as not joined', async () => {
  const paths = await initHome({ home, name: 'a' });
  await writeFile(paths.config, 'host: a\nlisten: 192.0.2.1\n');
  await expect(readConfig(paths)).rejects.toThrow('until this host has a certificate');
  expect((await readConfig(paths, { joined: true })).listen).toBe('192.0.2.1');
});

test('sections left empty count as not given', () => {
  const { config } = parseConfig(
    'host: a\nmetrics:\nplugins:\n  probe:\n  other:\n    config:',
    'f',
    false,
  );
  expect(config.plugins).toEqual({
    probe: { enabled: true, config: {} },
    other: { enabled: true, config: {} },
  });
});

test('an edit keeps comments and order', async () => {
  const paths = homePaths(home);
  await writeFile(paths.config, '# mine\nhost: a # short\nplugins:\n  # the probe\n  probe: {}\n');
  await setPluginEnabled(paths, 'probe', false);
  await setPluginEnabled(paths, 'other', true);
  await editConfig(paths, (document) =>
    setIn(document, ['directory', 'b', 'probe'], '127.0.0.1:1'),
  );
  const text = await readFile(paths.config, 'utf8');
  expect(text).toContain('# mine\nhost: a # short\nplugins:\n  # the probe\n  probe:');
  expect(await readConfig(paths)).toMatchObject({
    directory: { b: { probe: '127.0.0.1:1' } },
    plugins: { probe: { enabled: false }, other: { enabled: true } },
  });
  await removePluginEntry(paths, 'other');
  expect((await readConfig(paths)).plugins).not.toHaveProperty('other');
});

test('an edit that would break the file is refused and changes nothing', async () => {
  const paths = await initHome({ home, name: 'a' });
  const before = await readFile(paths.config, 'utf8');
  await expect(
    editConfig(paths, (document) => setIn(document, ['metrics', 'port'], 'x')),
  ).rejects.toMatchObject({ code: 'FT_HOST_CONFIG' });
  expect(await readFile(paths.config, 'utf8')).toBe(before);
});

const manifest: Manifest = {
  manifestVersion: 1,
  id: 'probe',
  api: '*',
  entry: 'plugin.js',
  config: { schema: 'config.schema.json', version: 1 },
};

test("a plugin's configuration gets its defaults, and its mistakes are named", async () => {
  const schema = {
    type: 'object',
    additionalProperties: false,
    properties: {
      mode: { enum: ['master', 'slave'], default: 'master' },
      intervalMs: { type: 'integer' },
    },
  };
  await writeFile(join(home, 'config.schema.json'), JSON.stringify(schema));
  expect(await requirePluginConfig(manifest, home, { intervalMs: 3 })).toEqual({
    mode: 'master',
    intervalMs: 3,
  });
  await expect(requirePluginConfig(manifest, home, { mode: 'both' })).rejects.toMatchObject({
    code: 'FT_HOST_PLUGIN_CONFIG',
    message: 'the configuration of plugin probe is not valid: mode: must be one of master, slave',
  });
});

test('a schema that is none is the fault of the package', async () => {
  await writeFile(join(home, 'config.schema.json'), '{"type": "colour"}');
  await expect(checkPluginConfig(manifest, home, {})).rejects.toMatchObject({
    code: 'FT_HOST_PLUGIN_SCHEMA',
  });
});

test('a plugin without a schema takes no configuration', async () => {
  const { config: _schema, ...bare } = manifest;
  await writeFile(join(home, MANIFEST_FILE), JSON.stringify(bare));
  await expect(requirePluginConfig(bare, home, { a: 1 })).rejects.toThrow('unknown key a');
  expect(await requirePluginConfig(bare, home, {})).toEqual({});
});
