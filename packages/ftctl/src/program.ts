import { homePaths, resolveHome } from '@ftctl/host/control';
import { Command, Option } from 'commander';
import { CA_GROUP } from './commands/ca-group.ts';
import { HOST_COMMANDS } from './commands/host-commands.ts';
import { LAB_GROUP } from './commands/lab-group.ts';
import { PLUGIN_GROUP } from './commands/plugin-group.ts';
import type { CommandGroupSpec, CommandSpec, OptionSpec } from './commands/spec.ts';
import { STORE_GROUP } from './commands/store-group.ts';
import type { Context, Load } from './context.ts';
import { EXIT, EXIT_MEANINGS, exitCodeHelp } from './exit-codes.ts';
import type { Io } from './io.ts';
import { Output } from './output/output.ts';
import { version } from './version.ts';

const GROUPS: readonly CommandGroupSpec[] = [PLUGIN_GROUP, STORE_GROUP, CA_GROUP, LAB_GROUP];

/** First words that are ftctl's own. */
export const OWN_WORDS: readonly string[] = [
  'help',
  ...HOST_COMMANDS.map(({ name }) => name),
  ...GROUPS.map(({ name }) => name),
];

/** What the command line has led to: set by the command that ran. */
export interface Outcome {
  exitCode: number;
}

/** The commands of `ftctl`, ready to read a command line. */
export function createProgram(io: Io, outcome: Outcome): Command {
  const program = new Command('ftctl');
  program
    .description('Fault tolerance that a site installs piece by piece.')
    .version(version, '-V, --version', 'show the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      // Errors are thrown and shown by `main`.
      writeErr: () => undefined,
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getOutHasColors: () => false,
    })
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', `\n${exitCodeHelp(EXIT_MEANINGS.map(([code]) => code))}`);
  addCommonOptions(program);
  program.commandsGroup('Host:');
  for (const spec of HOST_COMMANDS) addCommand(program, spec, io, outcome);
  program.commandsGroup('More:');
  for (const group of GROUPS) {
    const parent = program.command(group.name).summary(group.summary);
    parent.description(group.description ?? sentence(group.summary));
    for (const spec of group.commands) addCommand(parent, spec, io, outcome);
  }
  return program;
}

/** `--home` and `--json`, which may stand anywhere on the line. */
export function addCommonOptions(command: Command): void {
  const known = new Set(command.options.map(({ long }) => long));
  if (!known.has('--home')) {
    command.option('--home <dir>', 'home of the host (or FTCTL_HOME; default ~/.ftctl)');
  }
  if (!known.has('--json')) {
    command.option('--json', 'print one JSON document, for programs');
  }
}

/** The context that the options of a command ask for. */
export function contextOf(io: Io, command: Command): Context {
  const { home, json } = command.optsWithGlobals<{ home?: string; json?: boolean }>();
  return {
    io,
    out: new Output(io, json === true),
    paths: homePaths(resolveHome(home)),
  };
}

function addCommand(parent: Command, spec: CommandSpec, io: Io, outcome: Outcome): void {
  const command = parent.command(spec.name).summary(spec.summary);
  const more = spec.description === undefined ? '' : ` ${spec.description}`;
  command.description(`${sentence(spec.summary)}${more}`);
  for (const [use, summary] of spec.arguments ?? []) command.argument(use, summary);
  for (const option of spec.options ?? []) command.addOption(toOption(option));
  addCommonOptions(command);
  command.addHelpText(
    'after',
    `\n${examples(spec)}${exitCodeHelp([0, EXIT.usage, ...spec.exits])}`,
  );
  command.action(async () => {
    const { run } = await (spec.load as Load<unknown>)();
    const values: readonly unknown[] = command.processedArgs;
    const code = await run(contextOf(io, command), {
      args: values.map((value) => (typeof value === 'string' ? value : undefined)),
      rest: values.filter(Array.isArray).flat() as string[],
      options: command.optsWithGlobals(),
    });
    outcome.exitCode = code ?? EXIT.ok;
  });
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.summary);
  if (spec.default !== undefined) option.default(spec.default);
  if (spec.required) option.makeOptionMandatory();
  if (spec.repeated) {
    option.argParser((value, before: readonly string[] | undefined) => [...(before ?? []), value]);
  }
  return option;
}

function examples(spec: CommandSpec): string {
  const width = Math.max(...spec.examples.map(([line]) => line.length));
  const lines = spec.examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`.trimEnd());
  return `${['Examples:', ...lines].join('\n')}\n\n`;
}

function sentence(summary: string): string {
  return `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`;
}
