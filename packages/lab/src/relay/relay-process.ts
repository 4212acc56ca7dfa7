import { readFile } from 'node:fs/promises';
import { homePaths, readRunRecord, serveControl } from '@ftctl/host/control';
import { describeError } from '@ftctl/sdk';
import type { CutOptions } from './cuts.ts';
import { Relay } from './relay.ts';
import type { RouteName } from './route.ts';

/** What the relay's process is started with: a JSON file, its path the only argument. */
export interface RelayTask {
  /** Control socket: operations `status`, `cut`, `heal` and `stop`. */
  readonly socket: string;
  /** A port of 0 lets the system choose. */
  readonly routes: readonly (RouteName & { readonly port: number })[];
  /** Host name to the home of that host. */
  readonly homes: Readonly<Record<string, string>>;
}

/** What `cut` and `heal` are called with. */
export interface CutRequest extends CutOptions {
  readonly a: string;
  readonly b: string;
}

/** Runs the relay until `stop` is called or the process gets SIGTERM. */
export async function runRelayProcess(taskFile: string): Promise<void> {
  const task = JSON.parse(await readFile(taskFile, 'utf8')) as RelayTask;
  const relay = await Relay.start(task.routes, (host, plugin) => findPort(task, host, plugin));
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const control = await serveControl(task.socket, {
    who: 'the relay',
    operations: {
      status: () => relay.status(),
      cut: ({ params }) => {
        const { a, b, ...options } = params as CutRequest;
        relay.cut(a, b, options);
      },
      heal: ({ params }) => {
        const { a, b } = params as CutRequest;
        relay.heal(a, b);
      },
      stop: () => stop(),
    },
  });
  process.once('SIGTERM', stop);
  await stopped;
  await relay.close();
  await control.close();
}

/** Where the plugin listens now; it writes its port down itself once it is ready. */
async function findPort(
  task: RelayTask,
  host: string,
  plugin: string,
): Promise<number | undefined> {
  const home = task.homes[host];
  if (home === undefined) return undefined;
  try {
    return (await readRunRecord(homePaths(home), plugin))?.port;
  } catch (error) {
    // Goes to the relay's log; to the dialer the plugin is one that does not run.
    console.error(`${new Date().toISOString()} ${host}/${plugin}: ${describeError(error)}`);
    return undefined;
  }
}
