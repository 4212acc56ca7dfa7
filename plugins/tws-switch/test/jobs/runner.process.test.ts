import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { attemptKey } from '../../src/io/jobs/attempt-key.ts';
import { operatingSystem } from '../../src/io/jobs/system.ts';
import { startTimes } from '../../src/launcher/identity.ts';
import { type BuiltEntries, buildEntries } from './build-entries.ts';
import { DriverProcess } from './driver-process.ts';
import { JobBench } from './job-bench.ts';

let built: BuiltEntries;
beforeAll(async () => {
  built = await buildEntries();
});
afterAll(() => built.remove());

function makeBench(): JobBench {
  const bench = new JobBench();
  onTestFinished(() => bench.remove());
  return bench;
}

const id = { job: 'A#S.1.J', attempt: 1 };

function claimOf(bench: JobBench): { pid: number } {
  return JSON.parse(readFileSync(join(bench.state, `${attemptKey(id)}.claim`), 'utf8'));
}

function jobOf(bench: JobBench): { pid: number; startTime: string } {
  return JSON.parse(readFileSync(join(bench.state, `${attemptKey(id)}.job`), 'utf8'));
}

const isAlive = (pid: number) => startTimes([pid]).has(pid);

describe('a job', () => {
  it('outlives the kill of its plugin, is found running, and then ended', async () => {
    const bench = makeBench();
    const go = join(bench.home, 'go');
    onTestFinished(() => writeFileSync(go, ''));
    const driver = new DriverProcess(built.driver, bench.home, built.launcher);
    const command = bench.counting(id.job, `while [ ! -e ${go} ]; do sleep 0.05; done; exit 7`);
    driver.do({ do: 'start', launch: { ...id, command } });
    await driver.hears('claimed');
    await driver.kill();
    expect(isAlive(claimOf(bench).pid)).toBe(true);
    const next = new DriverProcess(built.driver, bench.home, built.launcher);
    next.do({ do: 'settle', id });
    await next.hears('claimed');
    writeFileSync(go, '');
    expect(await next.hears('ended')).toMatchObject({ rc: 7, job: id.job });
    expect(bench.runs(id.job)).toBe(1);
    await next.kill();
  });

  it('that ended while no plugin lived is told by the next one', async () => {
    const bench = makeBench();
    const driver = new DriverProcess(built.driver, bench.home, built.launcher);
    driver.do({ do: 'start', launch: { ...id, command: bench.counting(id.job, 'sleep 0.3') } });
    await driver.hears('claimed');
    await driver.kill();
    const exit = join(bench.state, `${attemptKey(id)}.exit`);
    await expect.poll(() => existsSync(exit), { timeout: 5_000 }).toBe(true);
    const life = await bench.life({ launcher: built.launcher });
    life.runner.settle(id);
    expect(await life.last(id)).toMatchObject({ kind: 'ended', rc: 0 });
    expect(life.of(id)).toHaveLength(1);
  });

  it('has its environment, its folder, its names, and no input', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: built.launcher });
    const command = 'echo "$A $FTCTL_JOB $FTCTL_ATTEMPT"; pwd; cat; echo wrong >&2';
    life.runner.start({ ...id, command, env: { A: 'it\'s "b"' } });
    await life.last(id);
    const { bytes } = await life.runner.logs.read(id);
    expect(Buffer.from(bytes).toString()).toBe(`it's "b" ${id.job} 1\n${homedir()}\nwrong\n`);
  });

  it('fails, and says why, when its folder does not exist', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: built.launcher });
    life.runner.start({ ...id, command: bench.counting(id.job), cwd: '/nowhere' });
    expect(await life.last(id)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('/nowhere'),
    });
  });

  it('fails when there is no launcher, and when its name is none', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: join(bench.home, 'none.mjs') });
    life.runner.start({ ...id, command: ':' });
    expect(await life.last(id)).toMatchObject({ kind: 'failed' });
    life.runner.start({ job: '', attempt: 1, command: ':' });
    await expect.poll(() => life.events.length).toBe(2);
    expect(life.events[1]).toMatchObject({ kind: 'failed', why: expect.stringMatching(/empty/) });
  });

  it('leaves all its files in their folder, for their owner alone, whatever its name', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: built.launcher });
    const names = [
      '../../escaped',
      '/tmp/escaped',
      '..',
      '.',
      'a/../../b',
      'ä#\n%',
      'X'.repeat(900),
    ];
    for (const job of names) life.runner.start({ job, attempt: 1, command: ':' });
    for (const job of names) {
      expect((await life.last({ job, attempt: 1 })).kind, job).toBe('ended');
    }
    expect(readdirSync(bench.home)).toEqual(['jobs']);
    expect(readdirSync(join(bench.home, 'jobs')).sort()).toEqual(['log', 'state']);
    expect(readdirSync(join(bench.home, 'jobs/log'))).toHaveLength(names.length);
    for (const folder of ['log', 'state']) {
      const path = join(bench.home, 'jobs', folder);
      expect(statSync(path).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(path)) {
        expect(statSync(join(path, name)).mode & 0o777, name).toBe(0o600);
      }
    }
  });

  it('leaves nothing but its log when it is forgotten', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: built.launcher });
    life.runner.start({ ...id, command: 'echo hello' });
    await life.last(id);
    life.runner.forget(id);
    await expect.poll(() => readdirSync(bench.state)).toEqual([]);
    expect(await life.runner.logs.attempts(id.job)).toEqual([1]);
  });
});

describe('kill', () => {
  it('ends a job with all its processes, by SIGTERM', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: built.launcher });
    life.runner.start({ ...id, command: 'sleep 300 & sleep 300; echo no' });
    await life.claimed(id);
    await expect.poll(() => existsSync(join(bench.state, `${attemptKey(id)}.job`))).toBe(true);
    const { pid } = jobOf(bench);
    life.runner.kill(id);
    expect(await life.last(id)).toMatchObject({ kind: 'ended', signal: 'SIGTERM' });
    const group = () =>
      execFileSync('ps', ['-A', '-o', 'pgid=,stat='], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.trim().startsWith(`${pid} `) && !line.includes('Z'));
    await expect.poll(group).toEqual([]);
  });

  it('ends one that takes no notice, by SIGKILL, also in a later life', async () => {
    const bench = makeBench();
    const first = await bench.life({ launcher: built.launcher, killGraceMs: 100 });
    const ready = join(bench.home, 'ready');
    const command = `trap '' TERM; echo > ${ready}; while :; do sleep 0.05; done`;
    first.runner.start({ ...id, command });
    await expect.poll(() => existsSync(ready), { timeout: 5_000 }).toBe(true);
    await first.runner.close();
    const life = await bench.life({ launcher: built.launcher, killGraceMs: 100 });
    life.runner.settle(id);
    life.runner.kill(id);
    expect(await life.last(id)).toMatchObject({ kind: 'ended', signal: 'SIGKILL' });
  });

  it('keeps one from running that has not been started yet', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: built.launcher });
    life.runner.start({ ...id, command: bench.counting(id.job) });
    life.runner.kill(id);
    expect(await life.last(id)).toMatchObject({ kind: 'failed' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(bench.runs(id.job)).toBe(0);
  });
});

describe('an attempt of which nobody knows the end', () => {
  it('is one whose launcher was killed; the job that lives on is named', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: built.launcher });
    life.runner.start({ ...id, command: 'exec sleep 300' });
    await life.claimed(id);
    await expect.poll(() => existsSync(join(bench.state, `${attemptKey(id)}.job`))).toBe(true);
    const { pid } = jobOf(bench);
    onTestFinished(() => void process.kill(-pid, 'SIGKILL'));
    process.kill(claimOf(bench).pid, 'SIGKILL');
    expect(await life.last(id)).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining(`process group ${pid}`),
    });
  });

  it('is one from before the machine was started, even if another process has its number', async () => {
    const bench = makeBench();
    const first = await bench.life({ launcher: built.launcher });
    const go = join(bench.home, 'go');
    const command = `while [ ! -e ${go} ]; do sleep 0.05; done`;
    first.runner.start({ ...id, command });
    await first.claimed(id);
    await first.runner.close();
    // The launcher still runs here: the same pid and start time, but of another boot.
    const system = { ...operatingSystem, bootId: () => 'another' };
    const life = await bench.life({ launcher: built.launcher, system });
    life.runner.settle(id);
    life.runner.kill(id);
    expect(await life.last(id)).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('machine was started again'),
    });
    expect(isAlive(claimOf(bench).pid)).toBe(true);
    const same = await bench.life({ launcher: built.launcher });
    same.runner.settle(id);
    expect((await same.claimed(id)).kind).toBe('claimed');
    writeFileSync(go, '');
    await same.last(id);
  });

  it('is one whose number another process has taken since, which is not touched', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: built.launcher });
    const claim = {
      by: 'launcher',
      pid: process.pid,
      startTime: '1',
      boot: operatingSystem.bootId(),
      atMs: 1,
    };
    writeFileSync(join(bench.state, `${attemptKey(id)}.claim`), JSON.stringify(claim));
    life.runner.settle(id);
    life.runner.kill(id);
    expect(await life.last(id)).toMatchObject({ kind: 'unknown' });
  });

  it('is one whose claim cannot be understood', async () => {
    const bench = makeBench();
    const life = await bench.life({ launcher: built.launcher });
    writeFileSync(join(bench.state, `${attemptKey(id)}.claim`), '{"by":');
    life.runner.settle(id);
    expect(await life.last(id)).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('cannot be understood'),
    });
  });
});

describe('a disk that is full', () => {
  const SIZE_BYTES = 512 * 1024;

  /** A small disk in the place of a folder, or why there cannot be one. */
  function mount(folder: string): string | undefined {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'tmpfs', folder], {
        stdio: 'pipe',
      });
    } catch (error) {
      return error instanceof Error ? error.message.trim() : String(error);
    }
    // A launcher ends, and closes the log of its job, a moment after it has recorded the end.
    const unmount = () => execFileSync('umount', [folder], { stdio: 'pipe' });
    onTestFinished(() => vi.waitFor(unmount, { timeout: 10_000 }).then(() => undefined));
    return undefined;
  }

  /** Writes until no block is left, whatever others write meanwhile. */
  function fill(folder: string): string {
    const ballast = join(folder, 'ballast');
    const block = Buffer.alloc(statfsSync(folder).bsize);
    for (let isFull = false; !isFull; ) {
      try {
        appendFileSync(ballast, block);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        isFull = true;
      }
    }
    return ballast;
  }

  it('keeps jobs from being launched, not from being recorded, and settles late', async (context) => {
    const bench = makeBench();
    const obstacle = mount(bench.home);
    if (obstacle !== undefined) context.skip(`needs a small disk, which takes root: ${obstacle}`);
    const life = await bench.life({ launcher: built.launcher });
    life.runner.start({ ...id, command: 'sleep 0.4' });
    await life.claimed(id);
    const ballast = fill(bench.home);
    const refused = { job: 'A#S.1.REFUSED', attempt: 1 };
    life.runner.start({ ...refused, command: ':' });
    expect(await life.last(refused)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('ENOSPC'),
    });
    expect(await life.last(id)).toMatchObject({ kind: 'ended', rc: 0 });
    const open = { job: 'A#S.1.OPEN', attempt: 1 };
    life.runner.settle(open);
    await expect.poll(() => life.troubles.at(-1)).toMatch(/ENOSPC/);
    expect(life.of(open)).toEqual([]);
    rmSync(ballast);
    expect((await life.last(open)).kind).toBe('void');
    await expect.poll(() => life.troubles.at(-1)).toBeUndefined();
    await life.runner.close();
  });
});

it('sweeps what earlier lives have left, and spares what runs', async () => {
  const bench = makeBench();
  const life = await bench.life({ launcher: built.launcher });
  const go = join(bench.home, 'go');
  const [runs, over] = [id, { job: 'A#S.1.OVER', attempt: 1 }];
  life.runner.start({ ...runs, command: `while [ ! -e ${go} ]; do sleep 0.05; done` });
  life.runner.start({ ...over, command: ':' });
  await life.last(over);
  await life.claimed(runs);
  writeFileSync(join(bench.state, 'X@1.claim-999999999.tmp'), '');
  await life.runner.close();
  const next = await bench.life({ launcher: built.launcher });
  next.runner.sweep([]);
  const left = () => new Set(readdirSync(bench.state).map((name) => name.split('@')[0]));
  await expect.poll(left).toEqual(new Set(['A%23S.1.J']));
  next.runner.settle(runs);
  expect((await next.claimed(runs)).kind).toBe('claimed');
  writeFileSync(go, '');
  expect(await next.last(runs)).toMatchObject({ kind: 'ended', rc: 0 });
});

it('starts no more launchers at once than it may, and all in the end', async () => {
  const bench = makeBench();
  const life = await bench.life({ launcher: built.launcher, maxStarting: 3 });
  const ids = Array.from({ length: 12 }, (_, index) => ({ job: `A#S.1.J${index}`, attempt: 1 }));
  for (const each of ids) life.runner.start({ ...each, command: ':' });
  let most = 0;
  const looking = setInterval(() => {
    const names = readdirSync(bench.state);
    const intents = names.filter((name) => name.endsWith('.intent'));
    const starting = intents.filter((name) => !names.includes(name.replace('intent', 'claim')));
    most = Math.max(most, starting.length);
  }, 5);
  for (const each of ids) await life.last(each);
  clearInterval(looking);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(3);
});
