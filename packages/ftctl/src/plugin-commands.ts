import { resolveHome } from '@ftctl/host/control';
import { type InstalledPlugin, listPlugins } from '@ftctl/host/install';
import { type CommandDeclaration, describeError } from '@ftctl/sdk';
import type { Command } from 'commander';
import type { Io } from './io.ts';
import { addCommonOptions, contextOf, type Outcome } from './program.ts';

/**
 * Adds the commands of the plugins that are installed in a home, as their
 * manifests declare them. Runs no code of a plugin.
 */
export async function addPluginCommands(
  program: Command,
  home: string | undefined,
  io: Io,
  outcome: Outcome,
): Promise<void> {
  const plugins = await installed(program, home);
  program.commandsGroup('Plugins:');
  for (const plugin of plugins) {
    const group = plugin.manifest?.commands;
    if (!group || program.commands.some((command) => command.name() === group.namespace)) continue;
    const summary = group.summary ?? `commands of plugin ${plugin.id}`;
    const parent = program.command(group.namespace).summary(summary);
    parent.description(`${summary} (plugin ${plugin.id} ${plugin.version})`);
    for (const declaration of group.list) addDeclared(parent, plugin, declaration, io, outcome);
  }
}

/** The values of the declared arguments, by name; one that was left out is absent. */
export function namedArguments(
  declaration: CommandDeclaration,
  values: readonly unknown[],
): Record<string, string | readonly string[]> {
  const named: Record<string, string | readonly string[]> = {};
  declaration.arguments?.forEach(({ name }, i) => {
    const value = values[i];
    if (typeof value === 'string') named[name] = value;
    else if (Array.isArray(value)) named[name] = value.map(String);
  });
  return named;
}

async function installed(
  program: Command,
  home: string | undefined,
): Promise<readonly InstalledPlugin[]> {
  try {
    return await listPlugins(resolveHome(home));
  } catch (error) {
    // Help and the core commands must work in a broken home, too.
    program.addHelpText(
      'after',
      `\nThe plugins of this home cannot be listed: ${describeError(error)}`,
    );
    return [];
  }
}

function addDeclared(
  parent: Command,
  plugin: InstalledPlugin,
  declaration: CommandDeclaration,
  io: Io,
  outcome: Outcome,
): void {
  const command = parent.command(declaration.name).summary(declaration.summary);
  command.aliases(declaration.aliases ?? []);
  command.description(declaration.summary);
  for (const argument of declaration.arguments ?? []) {
    const name = argument.variadic ? `${argument.name}...` : argument.name;
    command.argument(argument.optional ? `[${name}]` : `<${name}>`, argument.summary);
  }
  for (const { flags, summary, default: value } of declaration.options ?? []) {
    command.option(flags, summary, value);
  }
  const declared = command.options.map((option) => option.attributeName());
  addCommonOptions(command);
  command.action(async () => {
    const { runPluginCommand } = await import('./actions/plugin-command.ts');
    const given: Readonly<Record<string, unknown>> = command.opts();
    outcome.exitCode = await runPluginCommand(contextOf(io, command), {
      plugin: plugin.id,
      declaration,
      args: namedArguments(declaration, command.processedArgs),
      options: Object.fromEntries(
        declared.flatMap((name) => {
          const value = given[name];
          return typeof value === 'string' || typeof value === 'boolean' ? [[name, value]] : [];
        }),
      ),
    });
  });
}
