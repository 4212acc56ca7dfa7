/** The reference of the command line, from its own help. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../workspace.mjs';
import { page } from './markdown.mjs';

const ftctl = join(root, 'packages/ftctl/bin/ftctl.js');
const MAX_DEPTH = 3;

export function cliPage() {
  const home = mkdtempSync(join(tmpdir(), 'ftctl-docs-'));
  try {
    const sections = [];
    describe([], home, sections);
    return page(
      'Command line',
      'The help of `ftctl` and of each of its commands. Plugins add commands of their own; ' +
        '`ftctl help` on a host shows those as well.',
      ...sections,
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function describe(words, home, sections) {
  const text = help(words, home);
  sections.push(`## ${['ftctl', ...words].join(' ')}`, `\`\`\`text\n${text.trim()}\n\`\`\``);
  if (words.length + 1 >= MAX_DEPTH) return;
  for (const name of subcommands(text)) describe([...words, name], home, sections);
}

function help(words, home) {
  const env = { ...process.env, FTCTL_HOME: home, NO_COLOR: '1', COLUMNS: '100' };
  const args = [ftctl, ...words, '--help'];
  return execFileSync(process.execPath, args, { env, encoding: 'utf8' }).replaceAll(
    home,
    '~/.ftctl',
  );
}

const NO_COMMANDS = /^(Usage|Options|Arguments|Exit codes|Examples?)\b/i;

/** Names that a help text lists under its headings, but for options and the like. */
function subcommands(text) {
  const names = [];
  let isListing = false;
  for (const line of text.split('\n')) {
    if (/^\S.*:/.test(line)) isListing = !NO_COMMANDS.test(line);
    const name = /^ {2}([a-z][a-z-]*)\b/.exec(line)?.[1];
    if (isListing && name && name !== 'help') names.push(name);
  }
  return names;
}
