import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The house's lint rules, held against code that breaks them. The fixtures stand
 * in a tree like the checkout's own, so that the real overrides are what is
 * tested; a comment `expect RULE` names what the next line of code must be
 * reported for. Everything that is not expected must not be reported.
 */

const root = resolve(import.meta.dirname, '../..');
const fixtures = join(import.meta.dirname, 'fixtures');
const RULES = [
  'lint/correctness/noNodejsModules',
  'lint/style/noRestrictedGlobals',
  'lint/style/noRestrictedImports',
  'plugin',
];

const files = (await readdir(fixtures, { recursive: true })).filter((name) => name.endsWith('.ts'));
let house: string;
let reported: Map<string, string[]>;

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), 'ftctl-lint-'));
  await cp(fixtures, house, { recursive: true });
  await cp(join(root, 'biome.json'), join(house, 'biome.json'));
  await cp(join(root, 'tools/checks/lint'), join(house, 'tools/checks/lint'), { recursive: true });
  reported = await lint(house);
});

afterAll(async () => {
  await rm(house, { recursive: true, force: true });
});

describe('lint rules of the house', () => {
  it.each(files)('%s is reported for what it breaks and for nothing else', async (file) => {
    const expected = expectations(await readFile(join(fixtures, file), 'utf8'));
    expect((reported.get(file) ?? []).sort()).toEqual(expected.sort());
  });

  it.each(RULES)('%s is broken by a fixture', async (rule) => {
    const all = [...reported.values()].flat();
    expect(all.filter((line) => line.endsWith(` ${rule}`)).length).toBeGreaterThan(0);
  });
});

/** `LINE RULE` for each comment `expect RULE`, with the line of the code that follows it. */
function expectations(source: string): string[] {
  const found: string[] = [];
  let waiting: string[] = [];
  for (const [index, line] of source.split('\n').entries()) {
    const rule = /^\s*\/\/ expect (\S+)$/.exec(line)?.[1];
    if (rule) {
      waiting.push(rule);
      continue;
    }
    found.push(...waiting.map((name) => `${index + 1} ${name}`));
    waiting = [];
  }
  return found;
}

interface Report {
  diagnostics: {
    category: string;
    location: { path: string; start: { line: number } };
  }[];
}

/** `LINE RULE` of everything that Biome reports in a folder, by file. */
async function lint(folder: string): Promise<Map<string, string[]>> {
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '--vcs-enabled=false', '.'];
  const output = await new Promise<string>((settle) => {
    const biome = join(root, 'node_modules/.bin/biome');
    execFile(biome, args, { cwd: folder }, (_failure, stdout) => settle(stdout));
  });
  const report = JSON.parse(output) as Report;
  const byFile = new Map<string, string[]>();
  for (const { category, location } of report.diagnostics) {
    const lines = byFile.get(location.path) ?? [];
    lines.push(`${location.start.line} ${category}`);
    byFile.set(location.path, lines);
  }
  return byFile;
}
