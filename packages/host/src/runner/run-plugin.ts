import { readFile, rm } from 'node:fs/promises';
import { describeError } from '@ftctl/sdk';
import { writeFailure } from '../failure-record.ts';
import { homePaths } from '../paths.ts';
import type { StartFile } from '../plugin-spec.ts';
import { PluginProcess } from './plugin-process.ts';

/** How long the log may take before a process that failed ends. */
const LAST_LINES_MS = 300;

/** How long, beyond its drain time, a process may take to stop before it ends itself. */
const STOP_MARGIN_MS = 500;

/**
 * The life of a plugin process: reads its start file (and removes it, since it
 * may hold secrets), runs the plugin, stops in order on SIGTERM. Whatever is
 * not caught ends the process with code 1 and its last words in the run folder.
 */
export async function runPlugin(startFile: string): Promise<void> {
  const start = JSON.parse(await readFile(startFile, 'utf8')) as StartFile;
  await rm(startFile, { force: true });
  const paths = homePaths(start.spec.home);
  const plugin = new PluginProcess(start, () => stop());
  const fail = (error: unknown): void => {
    writeFailure(paths, start.spec.plugin, error);
    process.stderr.write(`${new Date().toISOString()} ${stackOf(error)}\n`);
    plugin.log.error(describeError(error), { error });
    void plugin.closeLog(LAST_LINES_MS).finally(() => process.exit(1));
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const stop = (): void => {
    const limitMs = plugin.limits.drainMs + STOP_MARGIN_MS;
    setTimeout(() => process.exit(1), limitMs).unref();
    void plugin.stop().finally(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    await plugin.run();
  } catch (error) {
    if (plugin.state !== 'stopping') fail(error);
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
