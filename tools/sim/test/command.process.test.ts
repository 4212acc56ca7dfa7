import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'tools/sim/dist/main.js');
/** A store-and-forward plugin that acknowledges before its commit resolved. */
const PLANTED = './packages/sim/test/fixtures/early-acknowledgement.ts';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftctl-sim-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command as a user would; never rejects. */
function sim(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: ROOT }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

async function historyOf(...args: string[]) {
  const file = join(folder, `history-${args.join('-').replace(/\W+/g, '-')}.jsonl`);
  const { code } = await sim(...args, '--history', file);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return { code, lines, entries: lines.map((line) => JSON.parse(line)) };
}

test('the command ends with one line of counts; a wrong name is exit code 2', async () => {
  const { stdout } = await sim('store', '--runs', '3', '--seed', '9');
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('sim store: 3 runs, 0 failed, seeds 9..11');
  const wrong = await sim('nonsense');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('there is no simulation nonsense; there are store, link');
});

test('a planted bug is found, made short, and what is printed replays it in another process', async () => {
  const found = await sim(PLANTED, '--runs', '20');
  expect(found.code).toBe(1);
  expect(found.stdout).toMatch(/seed \d+ shrunk with \d+ more runs \(nothing smaller fails\)/);
  const [, replay = ''] = /--seed \d+ (--keep-faults [^\n]+)/.exec(found.stdout) ?? [];
  const [, seed = ''] = / seed (\d+) shrunk/.exec(found.stdout) ?? [];

  const again = await historyOf(PLANTED, '--seed', seed, ...replay.split(' '));
  expect(again.code).toBe(1);
  const faults = again.entries.filter((entry) => /^faults\.(?!healed)/.test(entry.kind));
  expect(faults.map((entry) => entry.kind)).toEqual([
    expect.stringMatching(/^faults\.(crash|power-cut)/),
  ]);
  expect(again.entries.filter((entry) => entry.kind === 'item.offered').length).toBeLessThan(5);
  expect(again.entries.at(-1).problems[0]).toMatch(/^lost: event \S+ was acknowledged once/);

  const kept = await sim(PLANTED, '--seed', seed, '--no-shrink');
  expect(kept.stdout).not.toContain('shrunk');
});

for (const name of ['store', 'link', 'omnibus-probe-peer']) {
  test(`a seed of ${name} gives the same history in every process`, async () => {
    const first = await historyOf(name, '--seed', '3');
    const again = await historyOf(name, '--seed', '3', '--runs', '1');
    expect(again.lines).toEqual(first.lines);
    expect(first.entries.length).toBeGreaterThan(100);
  });
}

test('a history is JSON lines, from the run to its verdict', async () => {
  const { entries } = await historyOf('link', '--seed', '3');
  expect(entries[0]).toMatchObject({ at: 0, kind: 'run', version: 1, name: 'link', seed: 3 });
  expect(entries.at(-1)).toMatchObject({ kind: 'verdict', problems: [] });
  expect(entries.at(-1).digest).toMatch(/^[0-9a-f]{64}$/);
  expect(entries.every(({ at, kind }) => typeof at === 'number' && typeof kind === 'string')).toBe(
    true,
  );
});

test('--json gives the counts alone, --time ends in time, --help lists what there is', async () => {
  const json = await sim('store', '--runs', '2', '--json');
  expect(JSON.parse(json.stdout)).toEqual({
    name: 'store',
    runs: 2,
    failed: 0,
    firstSeed: 1,
    lastSeed: 2,
    failedSeeds: [],
  });
  const timed = await sim('store', '--time', '0.01', '--json');
  const { runs, failed } = JSON.parse(timed.stdout);
  expect(runs).toBeGreaterThan(0);
  expect(failed).toBe(0);
  const help = await sim('--help');
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('--keep-faults');
  expect(help.stdout).toContain('Simulations: store, link, omnibus-probe-peer');
});
