import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORE_VERBS } from '@ftctl/host/install';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CA_GROUP } from '../src/commands/ca-group.ts';
import { HOST_COMMANDS } from '../src/commands/host-commands.ts';
import { LAB_GROUP } from '../src/commands/lab-group.ts';
import { PLUGIN_GROUP } from '../src/commands/plugin-group.ts';
import { EXIT_MEANINGS } from '../src/exit-codes.ts';
import { firstWord, homeOption } from '../src/main.ts';
import { OWN_WORDS } from '../src/program.ts';
import { runMain } from './support/fake-io.ts';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ftctl-line-'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe('the command line', () => {
  it.each([
    [['status'], 'status'],
    [['--home', 'status', 'up'], 'up'],
    [['--home=x', '--json', 'probe', 'status'], 'probe'],
    [['--json'], undefined],
    [[], undefined],
  ])('finds the command in %j', (args, word) => {
    expect(firstWord(args)).toBe(word);
  });

  it.each([
    [['--home', '/a', 'status'], '/a'],
    [['status', '--home=/b'], '/b'],
    [['lab', 'exec', 'x', '--', '--home', '/c'], undefined],
    [['status'], undefined],
  ])('finds the home in %j', (args, expected) => {
    expect(homeOption(args)).toBe(expected);
  });

  it('keeps its own words free of plugins', () => {
    expect(OWN_WORDS.filter((word) => !CORE_VERBS.includes(word))).toEqual([]);
  });
});

describe('a mistake', () => {
  it.each([
    [['stats'], 2, /^FT_CLI_NO_COMMAND: there is no command stats \(Did you mean status\?\)\. See/],
    [['status', '--jsn'], 2, /^FT_CLI_USAGE: unknown option '--jsn' .*See `ftctl status --help`\./],
    [['init'], 2, /^FT_CLI_USAGE: required option '--name <name>' not specified/],
    [['explain'], 2, /^FT_CLI_USAGE: missing required argument 'id'/],
    [['plugin'], 2, /^FT_CLI_USAGE: a command is missing/],
    [['plugin', 'ad'], 2, /^FT_CLI_USAGE: unknown command 'ad' \(Did you mean add\?\)/],
    [['logs', '--lines', 'many'], 2, /^FT_CLI_USAGE: --lines takes a whole number/],
    [['init', '--name', 'Not A Name'], 2, /^FT_HOST_NAME: /],
    [['status'], 3, /^FT_HOST_NO_HOME: /],
    [['lab', 'status', '--dir', '/nowhere'], 3, /^FT_LAB_NO_LAB: /],
    [['lab', 'up', '/nowhere.yaml'], 5, /^FT_LAB_NO_FILE: /],
    [['ca', 'init', '--days', 'many'], 2, /^FT_CLI_USAGE: --days takes a number of days/],
    [['ca', 'init', '--listen', '192.0.2.1'], 2, /^FT_CLI_USAGE: --listen takes ADDRESS:PORT/],
    [['ca', 'token', 'b', '--expires', '9d'], 2, /^FT_CLI_USAGE: --expires takes a time/],
    [['ca', 'token', 'b', '--address', 'x'], 2, /^FT_CLI_USAGE: --address takes ADDRESS:PORT/],
    [['ca', 'list'], 5, /^FT_PKI_NO_CA: /],
    [['ca', 'revoke', 'b'], 5, /^FT_PKI_NO_CA: /],
    [['join', 'nonsense'], 5, /^FT_PKI_TOKEN: /],
    [['plugin', 'info', 'none'], 5, /^FT_INSTALL_NOT_INSTALLED: /],
    [['plugin', 'add', './nothing-here', '--set', 'x'], 3, /^FT_HOST_NO_HOME: /],
  ])('%j ends with %i and one line', async (args, code, line) => {
    const ran = await runMain(['--home', home, ...args]);
    expect(ran.stderr).toMatch(line);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ran.code).toBe(code);
    expect(ran.stdout).toBe('');
  });

  it('is one JSON document on standard output with --json', async () => {
    const ran = await runMain(['status', '--json', '--home', home]);
    expect(ran.code).toBe(3);
    const { error } = JSON.parse(ran.stdout);
    expect(error).toMatchObject({ code: 'FT_HOST_NO_HOME', params: { home } });
    expect(error.action).toContain('ftctl init');
  });

  it('shows a stack only when asked', async () => {
    const plain = await runMain(['--home', home, 'status']);
    expect(plain.stderr).not.toMatch(/\n\s+at /);
    const debug = await runMain(['--home', home, 'status'], { env: { FTCTL_DEBUG: '1' } });
    expect(debug.stderr).toMatch(/\n\s+at /);
  });
});

describe('help', () => {
  it('lists every command and every exit code', async () => {
    const { code, stdout } = await runMain(['--help', '--home', home]);
    expect(code).toBe(0);
    for (const { name, summary } of HOST_COMMANDS) {
      expect(stdout).toContain(name);
      expect(stdout).toContain(summary);
    }
    for (const [exit, meaning] of EXIT_MEANINGS) {
      expect(stdout).toMatch(new RegExp(`^  ${exit} +${quoted(meaning)}`, 'm'));
    }
  });

  const all = [
    ...HOST_COMMANDS.map((spec) => ({ words: [spec.name], spec })),
    ...[PLUGIN_GROUP, CA_GROUP, LAB_GROUP].flatMap((group) =>
      group.commands.map((spec) => ({ words: [group.name, spec.name], spec })),
    ),
  ];

  it.each(all.map(({ words, spec }) => [words.join(' '), words, spec] as const))(
    'of %s has an example and its exit codes',
    async (_name, words, spec) => {
      const { code, stdout } = await runMain([...words, '--help', '--home', home]);
      expect(code).toBe(0);
      expect(stdout).toContain('Examples:');
      for (const [line] of spec.examples) expect(stdout).toContain(line);
      for (const exit of spec.exits) expect(stdout).toMatch(new RegExp(`^  ${exit} `, 'm'));
      expect(stdout).toContain('--json');
    },
  );

  it('shows the version', async () => {
    const { code, stdout } = await runMain(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
