import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOST_COMMANDS } from '../src/commands/host-commands.ts';
import { EXIT_MEANINGS } from '../src/exit-codes.ts';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

describe('the README', () => {
  it('has the exit codes as they are', () => {
    const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    for (const [code, meaning] of EXIT_MEANINGS) {
      expect(rows).toContainEqual(['', String(code), meaning, '']);
    }
  });

  it('names every command of the host', () => {
    for (const { name } of HOST_COMMANDS)
      expect(readme).toMatch(new RegExp(`^\\| \`${name}\\b`, 'm'));
  });
});
