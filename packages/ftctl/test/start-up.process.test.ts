import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FTCTL } from './support/real.ts';

const dist = join(dirname(FTCTL), '..', 'dist');
const IMPORT = /^(?:import|export)\s[^;]*?from\s+["']([^"']+)["']|^import\s+["']([^"']+)["']/gm;

/** What the built program loads before a command's own work begins, dynamic imports left out. */
function loadedBy(...entries: string[]): { readonly packages: string[]; readonly bytes: number } {
  const seen = new Set<string>();
  const packages = new Set<string>();
  let bytes = 0;
  const walk = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    bytes += text.length;
    for (const [, from, bare] of text.matchAll(IMPORT)) {
      const name = from ?? bare ?? '';
      if (name.startsWith('.')) walk(join(dirname(file), name));
      else packages.add(name);
    }
  };
  for (const entry of entries) walk(join(dist, entry));
  return { packages: [...packages].filter((name) => !isBuiltIn(name)), bytes };
}

function isBuiltIn(name: string): boolean {
  return ['node:', 'crypto', 'os', 'path', 'net', 'child_process', 'fs', 'util'].some((prefix) =>
    name.startsWith(prefix),
  );
}

describe('what is loaded at the start', () => {
  const files = readdirSync(dist);
  const action = (name: string) => {
    const found = files.find((file) => file.startsWith(`${name}-`) && file.endsWith('.js'));
    if (!found) throw new Error(`no ${name} in ${dist}`);
    return found;
  };

  it('of `ftctl status` is small, so that it answers at once', () => {
    const { packages, bytes } = loadedBy('cli.js', action('status'));
    expect(packages).toEqual(['commander']);
    expect(bytes).toBeLessThan(120_000);
  });

  it('of the relay is nothing but Node', () => {
    expect(loadedBy('relay.js').packages).toEqual([]);
  });
});
