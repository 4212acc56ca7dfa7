import { describeError } from '@ftctl/sdk';
import { writeFailure } from '../failure-record.ts';
import { homePaths } from '../paths.ts';
import { type RunHostOptions, runHost } from './run-host.ts';

/**
 * `runHost` for a process that does nothing else: resolves when the host has
 * stopped. SIGINT, SIGTERM and SIGHUP stop it with all its plugins. Whatever is
 * not caught ends it with code 1; its plugins run on, and the next host adopts
 * them.
 *
 * @throws as `runHost`; the error is kept in the run folder too, for who has started it detached
 */
export async function hostMain(
  options: RunHostOptions & { readonly onReady?: () => void },
): Promise<void> {
  const paths = homePaths(options.home);
  const fail = (error: unknown): void => {
    writeFailure(paths, 'host', error);
    const stack = error instanceof Error ? error.stack : undefined;
    process.stderr.write(`${new Date().toISOString()} ${stack ?? describeError(error)}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    const host = await runHost(options);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => void host.stop());
    }
    options.onReady?.();
    await host.stopped;
  } catch (error) {
    writeFailure(paths, 'host', error);
    throw error;
  } finally {
    process.off('uncaughtException', fail);
    process.off('unhandledRejection', fail);
  }
}
