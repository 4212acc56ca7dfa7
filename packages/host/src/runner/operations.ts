import type { Health } from '@ftctl/sdk';
import type { ControlOperations } from '../control/serve-connection.ts';
import { hostErrors } from '../errors.ts';
import { answerQuestion, capabilityQuestion } from './capability-calls.ts';
import { answerCommand, commandRequest } from './command-call.ts';
import type { ShownMessage } from './message-sink.ts';
import type { PluginProcess } from './plugin-process.ts';

/** Answer of a plugin process to `health`. */
export interface PluginHealth extends Omit<Health, 'state'> {
  readonly state: Health['state'] | 'starting' | 'stopping';
  readonly pid: number;
  /** Port on which it accepts links. */
  readonly port?: number;
  /** The last messages for the operator, oldest first. */
  readonly messages: readonly ShownMessage[];
}

/** What a plugin process answers on its control socket. */
export function pluginOperations(plugin: PluginProcess): ControlOperations {
  return {
    health: () => health(plugin),
    metrics: () => plugin.metrics.collect(),
    stop: () => {
      plugin.requestStop();
      return { stopping: true };
    },
    command: (call) => {
      const request = commandRequest(call.params);
      const { plugin: id } = plugin.start.spec;
      const handlers = plugin.handlers;
      const handler = Object.hasOwn(handlers, request.command)
        ? handlers[request.command]
        : undefined;
      if (!handler) throw hostErrors.NO_COMMAND({ plugin: id, command: request.command });
      return answerCommand(handler, request, call);
    },
    view: async (call) => {
      const { viewQuestion } = await import('./views.ts');
      return await (await plugin.views()).read(viewQuestion(call.params));
    },
    views: async () => (await plugin.views()).shapes(),
    'views-version': async () => (await plugin.views()).version(),
    ask: (call) =>
      answerQuestion(plugin.answers, plugin.start.spec.plugin, capabilityQuestion(call.params)),
  };
}

function health(plugin: PluginProcess): PluginHealth {
  const own = plugin.health();
  const { port } = plugin;
  return {
    ...own,
    state: plugin.state === 'running' ? own.state : plugin.state,
    pid: process.pid,
    ...(port === undefined ? {} : { port }),
    messages: plugin.messages.recent(),
  };
}
