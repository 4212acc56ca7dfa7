import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const kit = join(root, 'packages/conformance/bin/conformance.js');
const plugins = join(root, 'test/fixtures/plugins');

interface Report {
  readonly id: string;
  readonly verdict: {
    readonly conforms: boolean;
    readonly failed: readonly string[];
    readonly skipped: readonly string[];
    readonly advised: readonly string[];
  };
  readonly results: readonly { readonly id: string; readonly status: string }[];
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'ftctl-kit-'));
});

afterAll(() => rm(workspace, { recursive: true, force: true }));

/** A temporary folder of its own, in which nothing may be left. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: workspace, XDG_RUNTIME_DIR: workspace };
}

/** The kit as its user has it: the built command line. */
function conformance(...args: readonly string[]): Promise<Ended> {
  const env = environment();
  return new Promise((done) => {
    execFile(process.execPath, [kit, ...args], { cwd: workspace, env }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

async function runKit(plugin: string): Promise<Ended & { readonly report: Report }> {
  const out = join(workspace, `report-${plugin}`);
  const ended = await conformance('run', join(plugins, plugin), '--out', out);
  expect(ended.stderr).toBe('');
  const report = JSON.parse(await readFile(join(out, 'conformance.json'), 'utf8')) as Report;
  expect(await readFile(join(out, 'conformance.xml'), 'utf8')).toContain('<testsuite ');
  return { ...ended, report };
}

describe('ftctl-conformance run', () => {
  it('passes the healthy plugin in every requirement, and leaves nothing behind', async () => {
    const { code, stdout, report } = await runKit('healthy');
    expect(report.results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(report.verdict).toMatchObject({ conforms: true, advised: [] });
    expect(code).toBe(0);
    expect(stdout).toContain('ftctl-plugin-healthy@1.0.0 conforms');
    expect(await readdir(workspace)).toEqual(['report-healthy']);
  });

  it.each([
    ['broken-stop', 'FTC-LIFE-STOP-FIRST'],
    ['broken-start', 'FTC-LIFE-START'],
    ['broken-commands', 'FTC-LIFE-HANDLERS'],
  ])('fails %s in exactly %s', async (plugin, requirement) => {
    const { code, stdout, report } = await runKit(plugin);
    expect(report.id).toBe(plugin);
    expect(report.verdict.failed).toEqual([requirement]);
    expect(report.verdict).toMatchObject({ conforms: false, advised: [] });
    expect(code).toBe(1);
    expect(stdout).toContain(`failed: ${requirement}`);
    // A plugin that works but for one rule is tested to the end.
    if (plugin === 'broken-stop') expect(report.verdict.skipped).toEqual([]);
  });
});

describe('ftctl-conformance', () => {
  it('takes down what it has started when it is interrupted', async () => {
    const before = await readdir(workspace);
    const child = spawn(process.execPath, [kit, 'run', join(plugins, 'healthy')], {
      cwd: workspace,
      env: environment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit');
    for await (const piece of child.stdout) {
      if (String(piece).includes('FTC-HOST-START')) child.kill('SIGINT');
    }
    expect(await ended).toEqual([130, null]);
    expect(await readdir(workspace)).toEqual(before);
  });

  it('checks a package without running it', async () => {
    const { code, stdout } = await conformance('check', join(plugins, 'broken-start'), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ mode: 'check', verdict: { conforms: true } });
    expect(code).toBe(0);
  });

  it('tells a mistake in one clear line', async () => {
    expect(await conformance('run', './nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('FT_INSTALL_SOURCE'),
    });
    expect(await conformance('walk')).toMatchObject({ code: 2 });
    expect(
      await conformance('run', join(plugins, 'healthy'), '--config', './no.yaml'),
    ).toMatchObject({ code: 2, stderr: expect.stringContaining('no.yaml') });
  });

  it('documents its exit codes and lists its requirements', async () => {
    expect((await conformance('run', '--help')).stdout).toContain('Exit codes:');
    expect((await conformance('list')).stdout).toContain('FTC-LIFE-STOP-FIRST\tMUST');
  });
});
