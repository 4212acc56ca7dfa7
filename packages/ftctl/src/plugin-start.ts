import { readFile } from 'node:fs/promises';
import { type HomePaths, type LockedPlugin, restoreConfig } from '@ftctl/host';
import { putBack } from '@ftctl/host/install';
import { describeError, type Manifest } from '@ftctl/sdk';
import { confirmOnTerminal } from './ask.ts';
import type { Context } from './context.ts';
import { cliErrors } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { reloadIfRunning, watchHealth } from './host-reload.ts';
import { permissionLines } from './output/permissions.ts';
import type { Progress } from './output/progress.ts';
import { enterPlugin, parseSetting } from './plugin-entry.ts';

/** Options that `plugin add` and `plugin link` share. */
export interface InstallOptions {
  readonly set?: readonly string[];
  /** False with `--no-start`. */
  readonly start: boolean;
  readonly yes?: boolean;
}

/** What is shown before any code of a plugin runs. */
interface Plan {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly manifest: Manifest;
}

/** Shows the permissions of a plugin, and asks when somebody can answer. */
export function confirmer(context: Context, progress: Progress, options: InstallOptions) {
  return async (plan: Plan): Promise<boolean> => {
    progress.done();
    const lines = permissionLines(plan.manifest.permissions ?? {}).map((line) => `  ${line}`);
    const head = `${plan.id} (${plan.package} ${plan.version}) asks for:`;
    context.io.stderr.write(`${[head, ...lines].join('\n')}\n`);
    return options.yes === true || confirmOnTerminal(context.io, 'Go on?');
  };
}

/** An installed plugin that is to be taken over by the host. */
interface Installed {
  readonly id: string;
  readonly version: string;
  readonly folder: string;
  readonly manifest: Manifest;
  /** What was installed under this id before. */
  readonly replaced?: LockedPlugin;
}

/**
 * Enters a plugin in ftctl.yaml, lets a running host start it, and watches it.
 * Prints the result. A new version that does not work makes place for the one
 * that it replaced.
 */
export async function takeOver(
  { out, paths }: Context,
  plugin: Installed,
  progress: Progress,
  options: InstallOptions,
): Promise<number> {
  const { id, version, folder } = plugin;
  const before = await readFile(paths.config, 'utf8');
  let state: string | undefined;
  try {
    const problem = await enterPlugin(paths, plugin, (options.set ?? []).map(parseSetting));
    if (problem) throw cliErrors.NEEDS_CONFIG({ plugin: id, why: problem.message });
    state = options.start ? await startIn(paths, id, progress) : undefined;
  } catch (error) {
    if (plugin.replaced === undefined) throw error;
    await goBack(paths, { ...plugin, replaced: plugin.replaced }, before, progress);
    const was = plugin.replaced.version;
    const reason = describeError(error);
    throw cliErrors.WENT_BACK({ plugin: id, version, before: was, reason }, error);
  }
  progress.done();
  await out.result({ id, version, folder, state: state ?? 'installed' }, () => {
    if (state !== undefined) return `Plugin ${id} ${version} is installed and ${state}.`;
    const next = options.start ? '`ftctl up` starts it' : '`ftctl reload` starts it';
    return `Plugin ${id} ${version} is installed; ${next}.`;
  });
  return EXIT.ok;
}

/** Puts the version in place again that worked before, and the configuration that it had. */
async function goBack(
  paths: HomePaths,
  { id, replaced }: Installed & { readonly replaced: LockedPlugin },
  config: string,
  progress: Progress,
): Promise<void> {
  progress.step(`putting ${id} ${replaced.version} back`);
  await putBack(paths.home, id, replaced);
  await restoreConfig(paths, config);
  if (await reloadIfRunning(paths)) await watchHealth(paths, id);
}

/** The plugin's state once it works; undefined when no host runs. */
async function startIn(
  paths: HomePaths,
  id: string,
  progress: Progress,
): Promise<string | undefined> {
  progress.step(`starting ${id}`);
  if (!(await reloadIfRunning(paths))) return undefined;
  progress.step(`watching the health of ${id}`);
  const status = await watchHealth(paths, id);
  const state = status?.state ?? 'unknown to the host';
  if (state === 'ok' || state === 'degraded' || state === 'disabled') return state;
  throw cliErrors.NOT_HEALTHY({ plugin: id, state, reason: status?.reason ?? 'no reason given' });
}
