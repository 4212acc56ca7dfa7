import { execFile, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { attemptKey } from '../../src/io/jobs/attempt-key.ts';
import { JobFolder } from '../../src/io/jobs/job-folder.ts';
import { operatingSystem, runnerClaim } from '../../src/io/jobs/system.ts';
import { LAUNCHER_EXIT } from '../../src/launcher/attempt-files.ts';
import { type BuiltEntries, buildEntries } from './build-entries.ts';
import type { Won } from './entries/racer.ts';
import type { Fault } from './entries/step-launcher.ts';
import { JobBench } from './job-bench.ts';

let built: BuiltEntries;
beforeAll(async () => {
  built = await buildEntries();
});
afterAll(() => built.remove());

function makeBench(): JobBench {
  const bench = new JobBench();
  onTestFinished(() => bench.remove());
  mkdirSync(bench.state, { recursive: true });
  return bench;
}

function plant(bench: JobBench, id: { job: string; attempt: number }, fault: Fault): void {
  writeFileSync(join(bench.state, `${attemptKey(id)}.fault`), JSON.stringify(fault));
}

/** How many calls to the disk a launcher makes when nothing goes wrong. */
async function countSteps(): Promise<number> {
  const bench = makeBench();
  const life = await bench.life({ launcher: built.stepLauncher });
  const id = { job: 'A#S.1.COUNT', attempt: 1 };
  life.runner.start({ ...id, command: ':' });
  expect(await life.last(id)).toMatchObject({ kind: 'ended', rc: 0 });
  return Number(readFileSync(join(bench.state, `${attemptKey(id)}.steps`), 'utf8'));
}

/** What may be told, by how often the job has run. */
const HONEST = [
  ['failed', 'void', 'unknown'],
  ['ended', 'unknown'],
];

/** How it is told when it ran; with a disk that stays full its end may not be on record. */
const AFTER = { kill: /^unknown, 1/, fail: /^ended, 1/, 'fail-on': /^(unknown|ended), 1/ } as const;

it.each([
  ['its launcher is killed before any call', 'kill'],
  ['the disk is full for any one call', 'fail'],
  ['the disk is full from any call on', 'fail-on'],
] as const)('runs a job at most once, and says so, when %s', async (_what, how) => {
  const steps = await countSteps();
  expect(steps).toBeGreaterThan(20);
  const bench = makeBench();
  const seen = new Map<string, number>();
  const first = await bench.life({ launcher: built.stepLauncher, maxStarting: 4 });
  const ids = Array.from({ length: steps }, (_, index) => ({
    job: `A#S.1.STEP${index + 1}`,
    attempt: 1,
  }));
  for (const [index, id] of ids.entries()) {
    plant(bench, id, { step: index + 1, how });
    first.runner.start({ ...id, command: bench.counting(id.job) });
  }
  for (const id of ids) {
    const { kind } = await first.last(id);
    // The life that started it may lie dead: another one comes to the same end.
    const second = await bench.life({ launcher: built.launcher });
    second.runner.settle(id);
    const { kind: settled } = await second.last(id);
    const runs = bench.runs(id.job);
    expect(runs, id.job).toBeLessThanOrEqual(1);
    expect(HONEST[runs], id.job).toContain(kind);
    expect(HONEST[runs], id.job).toContain(settled);
    seen.set(`${kind}, ${runs}`, (seen.get(`${kind}, ${runs}`) ?? 0) + 1);
    await second.runner.close();
  }
  // Both sides of the execution were hit.
  const [before, after] = [/^failed, 0/, AFTER[how]];
  expect([...seen.keys()].some((key) => before.test(key))).toBe(true);
  expect([...seen.keys()].some((key) => after.test(key))).toBe(true);
});

it('never lets a launcher run what a later life has declared void, however late it comes', async () => {
  const bench = makeBench();
  const [kept, forgotten] = ['KEPT', 'FORGOTTEN'].map((name) => ({
    job: `A#S.1.${name}`,
    attempt: 1,
  })) as [{ job: string; attempt: 1 }, { job: string; attempt: 1 }];
  const first = await bench.life({ launcher: built.stepLauncher });
  for (const id of [kept, forgotten]) {
    plant(bench, id, { step: 2, how: 'wait' });
    first.runner.start({ ...id, command: bench.counting(id.job) });
    await expect.poll(() => existsSync(join(bench.state, `${attemptKey(id)}.waits`))).toBe(true);
  }
  await first.runner.close();
  const second = await bench.life({ launcher: built.launcher });
  for (const id of [kept, forgotten]) {
    second.runner.settle(id);
    expect((await second.last(id)).kind).toBe('void');
  }
  second.runner.forget(forgotten);
  const claimOf = (id: typeof kept) => join(bench.state, `${attemptKey(id)}.claim`);
  await expect.poll(() => existsSync(claimOf(forgotten))).toBe(false);
  for (const id of [kept, forgotten]) {
    writeFileSync(join(bench.state, `${attemptKey(id)}.go`), '');
    const ended = () => existsSync(join(bench.state, `${attemptKey(id)}.steps`));
    await expect.poll(ended, { timeout: 5_000 }).toBe(true);
    expect(bench.runs(id.job)).toBe(0);
  }
  expect(existsSync(claimOf(forgotten))).toBe(false);
  expect(existsSync(claimOf(kept))).toBe(true);
});

it('waits for a launcher no longer than it may, and then it never runs', async () => {
  const bench = makeBench();
  const id = { job: 'A#S.1.SLOW', attempt: 1 };
  const file = (suffix: string) => join(bench.state, `${attemptKey(id)}.${suffix}`);
  plant(bench, id, { step: 2, how: 'wait' });
  const life = await bench.life({ launcher: built.stepLauncher, claimWithinMs: 300 });
  life.runner.start({ ...id, command: bench.counting(id.job) });
  expect(await life.last(id)).toMatchObject({
    kind: 'failed',
    why: expect.stringContaining('in time'),
  });
  writeFileSync(file('go'), '');
  await expect.poll(() => existsSync(file('steps')), { timeout: 5_000 }).toBe(true);
  expect(bench.runs(id.job)).toBe(0);
});

it('gives each of 100 claims that three race for to one of them', async () => {
  const bench = makeBench();
  const [rounds, apartMs, startMs] = [100, 8, Date.now() + 600];
  const args = [bench.state, rounds, startMs, apartMs].map(String);
  const race = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [built.racer, ...args]);
    return JSON.parse(stdout) as Won;
  };
  const here = async () => {
    const folder = new JobFolder(bench.home);
    const won: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const waitMs = startMs + round * apartMs - Date.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const outcome = await folder.takeClaim(`R@${round}`, runnerClaim(operatingSystem));
      if (outcome === 'won') won.push(round);
    }
    return won;
  };
  const winners = (await Promise.all([race(), race(), here()])).flat();
  expect(winners.sort((one, other) => one - other)).toEqual(
    Array.from({ length: rounds }, (_, index) => index + 1),
  );
  expect(readdirSync(bench.state).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('runs or voids, never both, when a life settles while the launcher starts', async () => {
  const bench = makeBench();
  const kinds: string[] = [];
  for (let round = 0; round < 9; round += 1) {
    const id = { job: `A#S.1.RACE${round}`, attempt: 1 };
    const first = await bench.life({ launcher: built.launcher });
    first.runner.start({ ...id, command: bench.counting(id.job) });
    await new Promise((resolve) => setTimeout(resolve, round * 16));
    await first.runner.close();
    const second = await bench.life({ launcher: built.launcher });
    second.runner.settle(id);
    const { kind } = await second.last(id);
    // A launcher that comes late has its time.
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(bench.runs(id.job), kind).toBe(kind === 'ended' ? 1 : 0);
    kinds.push(kind);
    await second.runner.close();
  }
  expect(new Set(kinds).size).toBeLessThanOrEqual(2);
});

it('is started once more in vain when somebody runs its launcher again', async () => {
  const bench = makeBench();
  const id = { job: 'A#S.1.TWICE', attempt: 1 };
  const life = await bench.life({ launcher: built.launcher });
  life.runner.start({ ...id, command: bench.counting(id.job) });
  await life.last(id);
  const again = spawn(process.execPath, [built.launcher, bench.state, attemptKey(id)], {
    stdio: 'ignore',
  });
  const code = await new Promise((resolve) => again.once('exit', resolve));
  expect([code, bench.runs(id.job)]).toEqual([10, 1]);
});

it('is recorded by a launcher that can say nothing any more', async (context) => {
  if (!existsSync('/dev/full')) context.skip('needs /dev/full');
  const bench = makeBench();
  const id = { job: 'A#S.1.MUTE', attempt: 1 };
  const file = (suffix: string) => join(bench.state, `${attemptKey(id)}.${suffix}`);
  writeFileSync(file('intent'), JSON.stringify({ command: 'exit 3', cwd: '/', env: {} }));
  // The job's process cannot be noted, which there is something to say about.
  mkdirSync(file('job'));
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const launcher = spawn(process.execPath, [built.launcher, bench.state, attemptKey(id)], {
    stdio: ['ignore', full, full],
  });
  const code = await new Promise((resolve) => launcher.once('exit', resolve));
  expect(code).toBe(LAUNCHER_EXIT.recorded);
  expect(JSON.parse(readFileSync(file('exit'), 'utf8'))).toMatchObject({ outcome: 'ended', rc: 3 });
});
