import type { Manifest } from '@ftctl/sdk';
import { describe, expect, it } from 'vitest';
import { CORE_VERBS } from '../../src/install/core-verbs.ts';
import { checkFitsHost, checkNotNeeded } from '../../src/install/host-fit.ts';
import type { InstalledPlugin } from '../../src/install/installed.ts';

function manifest(id: string, more: Partial<Manifest> = {}): Manifest {
  return { manifestVersion: 1, id, api: '^0.1.0', entry: 'plugin.js', ...more };
}

function installed(id: string, more: Partial<Manifest> = {}): InstalledPlugin {
  const folder = `plugins/${id}/1.0.0-0123456789ab`;
  return {
    id,
    package: `ftctl-plugin-${id}`,
    version: '1.0.0',
    source: `ftctl-plugin-${id}`,
    integrity: 'sha512-x',
    folder,
    addedAt: '2026-01-01T00:00:00.000Z',
    path: `/home/${folder}`,
    manifest: manifest(id, more),
  };
}

const commands = (namespace: string) => ({ commands: { namespace, list: [] } });
const need = (capability: string, features?: string[]) => ({
  requires: [{ capability, ...(features && { features }) }],
});
const offer = (capability: string, features?: string[]) => ({
  provides: [{ capability, ...(features && { features }) }],
});

function fits(id: string, more: Partial<Manifest>, others: readonly InstalledPlugin[] = []) {
  return () =>
    checkFitsHost({ package: `ftctl-plugin-${id}`, manifest: manifest(id, more) }, others);
}

describe('checkFitsHost', () => {
  it('refuses the id of another package, and accepts another version of the same', () => {
    const others = [{ ...installed('a'), package: '@acme/ftctl-plugin-a' }];
    expect(fits('a', {}, others)).toThrow(expect.objectContaining({ code: 'FT_INSTALL_ID_TAKEN' }));
    expect(fits('a', commands('x'), [installed('a', commands('x'))])).not.toThrow();
  });

  it('refuses a namespace of another plugin or of ftctl itself', () => {
    const taken = expect.objectContaining({ code: 'FT_INSTALL_NAMESPACE_TAKEN' });
    expect(fits('b', commands('x'), [installed('a', commands('x'))])).toThrow(taken);
    for (const verb of CORE_VERBS) expect(fits('b', commands(verb))).toThrow(taken);
    expect(fits('b', commands('y'), [installed('a', commands('x'))])).not.toThrow();
  });

  it('asks for every capability that is not optional, with its features', () => {
    const missing = expect.objectContaining({ code: 'FT_INSTALL_CAPABILITY' });
    const provider = installed('p', offer('plan.source@1', ['live']));
    expect(fits('m', need('plan.source@1'))).toThrow(missing);
    expect(fits('m', need('plan.source@2'), [provider])).toThrow(missing);
    expect(fits('m', need('plan.source@1', ['replay']), [provider])).toThrow(missing);
    expect(fits('m', need('plan.source@1', ['live']), [provider])).not.toThrow();
    expect(
      fits('m', { requires: [{ capability: 'plan.source@1', optional: true }] }),
    ).not.toThrow();
  });
});

describe('checkNotNeeded', () => {
  it('keeps the only provider of what another plugin needs', () => {
    const plugins = [installed('p', offer('plan.source@1')), installed('m', need('plan.source@1'))];
    expect(() => checkNotNeeded('p', plugins)).toThrow(
      expect.objectContaining({ code: 'FT_INSTALL_NEEDED' }),
    );
    expect(() => checkNotNeeded('m', plugins)).not.toThrow();
    expect(() =>
      checkNotNeeded('p', [...plugins, installed('q', offer('plan.source@1'))]),
    ).not.toThrow();
  });
});
