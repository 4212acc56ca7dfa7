import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pluginEnvironment } from '@ftctl/host';
import { DEFAULT_LIMITS } from '@ftctl/sdk';
import { findBadConfig, findConfig } from './config-candidates.ts';
import { configCheck, hostChecks, installCheck } from './host/checks.ts';
import type { KitEntries } from './host/entries.ts';
import { HostSubject } from './host/subject.ts';
import { lifeCycleChecks } from './life/cases.ts';
import { exercise } from './life/exercise-process.ts';
import { type LifeCycleHarness, limitsOf } from './life/harness.ts';
import { DEFAULT_PROFILE } from './profiles.ts';
import type { Report } from './report/report.ts';
import { type Result, runChecks } from './requirement.ts';
import { readSchema } from './static/config-checks.ts';
import { PackageSubject, staticChecks } from './static/index.ts';
import { judge } from './verdict.ts';
import { KIT_VERSION } from './version.ts';

export interface CheckOptions {
  /** `NAME[@RANGE]`, a folder or a tarball, as `ftctl plugin add` takes it. */
  readonly source: string;
  readonly cwd?: string;
  /** Called with each result as it is known. */
  readonly onResult?: (result: Result) => void;
}

export interface RunOptions extends CheckOptions {
  readonly entries: KitEntries;
  /** The plugin's config; without it one is looked for in its schema. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Plugins that it needs, installed before it. */
  readonly companions?: readonly string[];
  /** Hosts that its config names: they are in the directory, and nobody answers there. */
  readonly peers?: readonly string[];
  /** Decides what is left to chance in the simulated world. Default 1. */
  readonly seed?: string;
}

/**
 * Reads a package without running it.
 *
 * @throws FtError FT_INSTALL_SOURCE, FT_INSTALL_NPM when no package could be had
 */
export function check(options: CheckOptions): Promise<Report> {
  return inWorkspace(async (workspace) => {
    const opened = await PackageSubject.open(options.source, workspace, options.cwd);
    const results = await runChecks(staticChecks, opened, [], options.onResult);
    return report('check', opened, results);
  });
}

/**
 * Reads a package, installs it into a real host and drives it. Leaves nothing
 * behind, also when it throws.
 *
 * @throws as `check`
 */
export function run(options: RunOptions): Promise<Report> {
  return inWorkspace(async (workspace) => {
    const { entries, companions = [], peers = [], seed = '1', onResult } = options;
    const opened = await PackageSubject.open(options.source, workspace, options.cwd);
    const results = [...(await runChecks(staticChecks, opened, [], onResult))];
    const configs = await chooseConfigs(opened, results, options.config);
    const subject = new HostSubject({
      opened,
      workspace,
      entries,
      companions,
      peers,
      ...configs,
    });
    try {
      results.push(...(await runChecks([installCheck, configCheck], subject, results, onResult)));
      results.push(...(await runLifeCycle(subject, results, seed, onResult)));
      results.push(...(await runChecks(hostChecks, subject, results, onResult)));
    } finally {
      await subject.end();
    }
    return { ...report('run', opened, results), seed };
  });
}

/** The suite on the plugin's code, in a process of its own; skipped when it cannot be loaded. */
async function runLifeCycle(
  subject: HostSubject,
  earlier: readonly Result[],
  seed: string,
  onResult: (result: Result) => void = () => undefined,
): Promise<readonly Result[]> {
  const { config, entries, workspace, peers } = subject.options;
  const isReady = earlier.some(({ id, status }) => id === configCheck.id && status === 'passed');
  if (!isReady || !config) {
    const needs = [configCheck.id];
    const blocked = lifeCycleChecks.map((one) => ({ ...one, needs }));
    return runChecks(blocked, claimsOf(subject), earlier, onResult);
  }
  const results = await exercise({
    order: { folder: subject.added.folder, config, seed, peers },
    entry: entries.exercise,
    workspace,
    limits: limitsOf(subject.manifest),
    environment: pluginEnvironment(subject.manifest),
  });
  results.forEach(onResult);
  return results;
}

/** Enough to tell what is claimed, where the code cannot be run. */
function claimsOf(subject: HostSubject): LifeCycleHarness {
  const unusable = () => Promise.reject(new Error('the plugin was not installed'));
  return {
    definition: { setup: unusable },
    limits: DEFAULT_LIMITS,
    get commands() {
      return subject.manifest.commands;
    },
    setUp: unusable,
  };
}

/** What to run it with, and what it has to refuse. */
async function chooseConfigs(
  opened: PackageSubject,
  results: readonly Result[],
  given: RunOptions['config'],
) {
  const hasSchema = results.some(
    ({ id, status }) => id === 'FTC-CFG-SCHEMA' && status === 'passed',
  );
  if (!hasSchema) return { config: given ?? {}, badConfig: undefined };
  const { schema, check } = await readSchema(opened.folder, opened.manifest.config?.schema ?? '');
  const config = given ?? findConfig(schema, check);
  return { config, badConfig: findBadConfig(schema, check, config ?? {}) };
}

function report(mode: Report['mode'], opened: PackageSubject, results: readonly Result[]): Report {
  const isRead = results
    .filter(({ id }) => id === 'FTC-PKG-JSON' || id === 'FTC-MAN-VALID')
    .every(({ status }) => status === 'passed');
  const plugin = isRead ? opened.plugin : undefined;
  return {
    reportVersion: 1,
    mode,
    kit: KIT_VERSION,
    node: process.versions.node,
    source: opened.named,
    integrity: opened.tarball.integrity,
    ...(plugin && {
      id: plugin.manifest.id,
      package: plugin.packageJson.name,
      version: plugin.packageJson.version,
      profile: plugin.manifest.conformance?.profile ?? DEFAULT_PROFILE,
    }),
    at: new Date().toISOString(),
    verdict: judge(results),
    results,
  };
}

/** A folder of this run alone; short, since sockets of hosts have short paths. */
async function inWorkspace<R>(work: (workspace: string) => Promise<R>): Promise<R> {
  const workspace = await mkdtemp(join(tmpdir(), 'ftc-'));
  try {
    return await work(workspace);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}
