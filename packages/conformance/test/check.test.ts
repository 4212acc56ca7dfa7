import { describe, expect, it } from 'vitest';
import { check } from '../src/run.ts';
import { type Changes, fields, packChanged } from './packages.ts';

async function checkChanged(changes: Changes) {
  return check({ source: await packChanged(changes) });
}

const manifest = (change: Readonly<Record<string, unknown>>) => ({
  'ftctl.plugin.json': fields(change),
});
const packageJson = (change: Readonly<Record<string, unknown>>) => ({
  'package.json': fields(change),
});
const schema = (change: Readonly<Record<string, unknown>>) => ({
  'config.schema.json': fields(change),
});

describe('check', () => {
  it('finds nothing wrong with the healthy plugin', async () => {
    const report = await checkChanged({});
    expect(report).toMatchObject({ id: 'healthy', version: '1.0.0', profile: 'plugin' });
    expect(report.results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(report.verdict).toMatchObject({ conforms: true, failed: [], skipped: [], advised: [] });
  });

  const broken: readonly [string, Changes][] = [
    ['FTC-PKG-NAME', packageJson({ name: 'ftctl-plugin-other' })],
    ['FTC-PKG-KEYWORD', packageJson({ keywords: ['plugin'] })],
    ['FTC-PKG-ESM', packageJson({ type: 'commonjs' })],
    ['FTC-PKG-EXPORT', packageJson({ exports: './plugin.js' })],
    ['FTC-PKG-SCRIPTS', packageJson({ scripts: { postinstall: 'x' } })],
    ['FTC-PKG-DEPENDENCIES', packageJson({ dependencies: { a: 'workspace:*' } })],
    ['FTC-PKG-NODE', packageJson({ engines: { node: '>=99' } })],
    ['FTC-MAN-API', manifest({ api: '^9.0.0' })],
    ['FTC-MAN-CLAIMS', manifest({ conformance: { profile: 'plan-source' } })],
    ['FTC-MAN-CLAIMS', manifest({ conformance: { profile: 'plugin', features: ['flight'] } })],
    ['FTC-MAN-NAMESPACE', manifest({ commands: { namespace: 'status', list: [] } })],
    ['FTC-MAN-STATE', manifest({ state: { version: 2, readableBy: '>=1.1.0' } })],
    [
      'FTC-CFG-EMPTY',
      schema({ anyOf: [{ properties: { greeting: { const: 'a' } }, minProperties: 5 }] }),
    ],
    [
      'FTC-CFG-SECRETS',
      manifest({ config: { schema: 'config.schema.json', version: 1, secrets: ['/key'] } }),
    ],
    ['FTC-DOC-SECTIONS', { 'README.md': (text) => text.replace('## Recover', '## Other') }],
    ['FTC-MSG-CATALOGUE', { 'messages.json': (text) => text.replace('"I"', '"E"') }],
    ['FTC-MSG-CATALOGUE', { 'messages.json': (text) => text.replace('"None."', '""') }],
    ['FTC-MSG-CATALOGUE', { 'messages.json': (text) => text.replace('FT_HEALTHY', 'HEALTHY') }],
    ['FTC-MSG-CATALOGUE', { 'messages.json': (text) => text.replace('"action"', '"act"') }],
  ];
  it.each(broken)('finds %s, and nothing else', async (id, changes) => {
    const { verdict } = await checkChanged(changes);
    expect(verdict.failed).toEqual([id]);
    expect(verdict).toMatchObject({ conforms: false, skipped: [] });
  });

  const chained: readonly [string, Changes][] = [
    ['FTC-PKG-JSON', packageJson({ version: 'one' })],
    ['FTC-MAN-VALID', manifest({ id: 'No Good' })],
    ['FTC-PKG-FILES', manifest({ entry: 'lib/plugin.js' })],
    ['FTC-CFG-SCHEMA', schema({ type: 'objekt' })],
    ['FTC-DOC-README', { 'README.md': undefined }],
    ['FTC-DOC-README', { 'README.md': (text) => text.split('\n').slice(4).join('\n') }],
  ];
  it.each(chained)('finds %s, and skips what follows from it', async (id, changes) => {
    const { verdict } = await checkChanged(changes);
    expect(verdict.failed).toEqual([id]);
    expect(verdict.conforms).toBe(false);
    expect(verdict.skipped.length).toBeGreaterThan(0);
  });

  const advice: readonly [string, Changes][] = [
    ['FTC-PKG-ENGINES', packageJson({ engines: undefined })],
    ['FTC-PKG-LICENSE', packageJson({ license: undefined })],
    ['FTC-CFG-UNKNOWN', schema({ additionalProperties: true })],
    ['FTC-CFG-EXAMPLE', schema({ required: ['token'] })],
    ['FTC-PKG-SIZE', { 'big.txt': 'x'.repeat(11 * 1024 * 1024) }],
  ];
  it.each(advice)('advises %s, and lets it conform', async (id, changes) => {
    const { verdict } = await checkChanged(changes);
    expect(verdict).toMatchObject({ conforms: true, failed: [], advised: [id] });
  });

  it('asks nothing about what the plugin does not have', async () => {
    const changes = manifest({
      config: undefined,
      commands: undefined,
      state: undefined,
      messages: undefined,
      conformance: undefined,
    });
    const { results, verdict } = await checkChanged(changes);
    const left = results.filter(({ status }) => status === 'not-claimed').map(({ id }) => id);
    expect(left).toEqual([
      'FTC-MAN-CLAIMS',
      'FTC-MAN-NAMESPACE',
      'FTC-MAN-STATE',
      'FTC-CFG-SCHEMA',
      'FTC-CFG-EMPTY',
      'FTC-CFG-EXAMPLE',
      'FTC-CFG-UNKNOWN',
      'FTC-CFG-SECRETS',
      'FTC-MSG-CATALOGUE',
    ]);
    expect(verdict.conforms).toBe(true);
  });

  it('says so when there is no package', async () => {
    await expect(check({ source: './nowhere.tgz' })).rejects.toMatchObject({
      code: 'FT_INSTALL_SOURCE',
    });
  });
});
