import {
  type CommandRequest,
  callPlugin,
  type OpenCall,
  openCliCall,
  openPluginCall,
  type PluginHealth,
} from '@ftctl/host';
import { type CommandDeclaration, describeError, isFtError } from '@ftctl/sdk';
import type { Check } from '../requirement.ts';
import { KIT_VERSION } from '../version.ts';
import type { HostSubject } from './subject.ts';

/** How long a command may run before it is interrupted, and then cut off. */
const COMMAND_RUNS_MS = 5_000;
const INTERRUPTED_WITHIN_MS = 2_000;

/** Errors that say that no answer came, whatever the command had to say. */
const NO_ANSWER = new Set([
  'FT_HOST_CUT',
  'FT_HOST_DOWN',
  'FT_HOST_NOT_ANSWERING',
  'FT_HOST_NO_COMMAND',
  'FT_HOST_PROTOCOL',
]);

/** Every command answers a call with the least that the manifest asks for. */
export const commandChecks: readonly Check<HostSubject>[] = [
  {
    id: 'FTC-CMD-PLUGIN',
    level: 'MUST',
    text: 'Every command with `runs: plugin` answers, or refuses, and the plugin works on.',
    needs: ['FTC-HOST-START'],
    notClaimed: (subject) => withoutCommands(subject, 'plugin'),
    test: async (subject) => {
      for (const command of commandsOf(subject, 'plugin')) {
        const { pid } = await subject.status();
        const { paths, id } = subject;
        await answers(
          command,
          await openPluginCall(paths, id, 'command', request(subject, command)),
        );
        const health = await callPlugin<PluginHealth>(subject.paths, subject.id, 'health');
        if (health.pid !== pid) throw new Error(`after ${command.name} it runs as another process`);
      }
    },
  },
  {
    id: 'FTC-CMD-CLI',
    level: 'MUST',
    text: 'Every command with `runs: cli` answers, or refuses.',
    needs: ['FTC-HOST-START'],
    notClaimed: (subject) => withoutCommands(subject, 'cli'),
    test: async (subject) => {
      const { paths, id, options } = subject;
      const runtime = { runner: options.entries.runner, version: KIT_VERSION };
      for (const command of commandsOf(subject, 'cli')) {
        await answers(command, await openCliCall(paths, id, request(subject, command), runtime));
      }
    },
  },
];

/** Passes when the command answers, refuses, or runs until its caller goes away. */
async function answers(command: CommandDeclaration, running: OpenCall<unknown>): Promise<void> {
  const interrupt = setTimeout(() => running.interrupt('SIGINT'), COMMAND_RUNS_MS);
  let cut = false;
  const giveUp = setTimeout(() => {
    cut = true;
    running.cut();
  }, COMMAND_RUNS_MS + INTERRUPTED_WITHIN_MS);
  try {
    await running.answer;
  } catch (error) {
    if (cut) return;
    if (isFtError(error) && !NO_ANSWER.has(error.code)) return;
    throw new Error(`${command.name}: ${describeError(error)}`, { cause: error });
  } finally {
    clearTimeout(interrupt);
    clearTimeout(giveUp);
  }
}

/** Required arguments with a word that means nothing; options with their defaults. */
function request(subject: HostSubject, command: CommandDeclaration): CommandRequest {
  const required = (command.arguments ?? []).filter((argument) => !argument.optional);
  const word = 'conformance';
  const args = required.map(({ name, variadic }) => [name, variadic ? [word] : word] as const);
  const withDefault = (command.options ?? []).filter((option) => option.default !== undefined);
  const options = withDefault.map((option) => [longName(option.flags), option.default] as const);
  return {
    command: command.name,
    args: Object.fromEntries(args),
    options: Object.fromEntries(options) as Record<string, string>,
    cwd: subject.paths.home,
  };
}

/** `-l, --max-rows <n>` is `maxRows`. */
function longName(flags: string): string {
  const name = /--([a-z][a-z0-9-]*)/.exec(flags)?.[1] ?? flags;
  return name.replace(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());
}

function commandsOf(subject: HostSubject, runs: 'plugin' | 'cli'): readonly CommandDeclaration[] {
  return (subject.manifest.commands?.list ?? []).filter((command) => command.runs === runs);
}

function withoutCommands(subject: HostSubject, runs: 'plugin' | 'cli'): string | undefined {
  return commandsOf(subject, runs).length > 0 ? undefined : 'it has no such commands';
}
