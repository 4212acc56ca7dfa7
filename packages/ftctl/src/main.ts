import { type FtError, isFtError } from '@ftctl/sdk';
import { CommanderError } from 'commander';
import { cliErrors } from './errors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import type { Io } from './io.ts';
import { painter } from './output/colour.ts';
import { createProgram, type Outcome, OWN_WORDS } from './program.ts';

/**
 * Runs one command line and answers the exit code. Prints the result, or one
 * line about what went wrong: code, what, what to do. Never throws.
 *
 * @param args without the program and the script
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const outcome: Outcome = { exitCode: EXIT.ok };
  try {
    const program = createProgram(io, outcome);
    const word = firstWord(args);
    if (word === undefined || word === 'help' || !OWN_WORDS.includes(word)) {
      const { addPluginCommands } = await import('./plugin-commands.ts');
      await addPluginCommands(program, homeOption(args), io, outcome);
    }
    await program.parseAsync(args, { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    return report(error, args, io);
  }
}

/** The first word that is no option: the command. */
export function firstWord(args: readonly string[]): string | undefined {
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    if (arg === '--') return args[i + 1];
    if (arg === '--home') i += 1;
    else if (!arg.startsWith('-')) return arg;
  }
  return undefined;
}

/** The value of `--home`, wherever it stands. */
export function homeOption(args: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  const joined = own.find((arg) => arg.startsWith('--home='));
  if (joined !== undefined) return joined.slice('--home='.length);
  const at = own.indexOf('--home');
  return at === -1 ? undefined : own[at + 1];
}

function report(error: unknown, args: readonly string[], io: Io): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
  const shown = toFtError(error, args);
  const paint = painter(io.stderr, io.env);
  const text = shown.message.endsWith('.') ? shown.message : `${shown.message}.`;
  io.stderr.write(`${paint('red', shown.code)}: ${text} ${shown.action}\n`);
  if (io.env.FTCTL_DEBUG) io.stderr.write(`${stackOf(error)}\n`);
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (own.includes('--json')) io.stdout.write(`${JSON.stringify({ error: shown }, null, 2)}\n`);
  return exitCodeOf(shown);
}

function toFtError(error: unknown, args: readonly string[]): FtError {
  if (isFtError(error)) return error;
  if (error instanceof CommanderError) return usageError(error, args);
  const why = error instanceof Error ? error.message : String(error);
  const isSystem = typeof (error as NodeJS.ErrnoException | undefined)?.syscall === 'string';
  return isSystem ? cliErrors.SYSTEM({ why }, error) : cliErrors.UNEXPECTED({ why }, error);
}

function usageError(error: CommanderError, args: readonly string[]): FtError {
  const [what = '', hint = ''] = error.message.replace(/^error: /, '').split('\n');
  const word = firstWord(args);
  if (word !== undefined && what === `unknown command '${word}'`) {
    return cliErrors.NO_COMMAND({ command: word, hint: hint === '' ? '' : ` ${hint}` });
  }
  const help = word === undefined ? 'ftctl' : `ftctl ${word}`;
  const why = error.code === 'commander.help' ? 'a command is missing' : `${what} ${hint}`.trim();
  return cliErrors.USAGE({ why, help });
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
