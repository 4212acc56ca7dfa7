import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ECHO, FTCTL, ftctl, pidOf, temporaryHome } from './support/real.ts';

describe('a host in trouble', () => {
  let home: string;
  let remove: () => Promise<void>;
  const run = (...args: string[]) => ftctl([...args, '--home', home]);

  beforeAll(async () => {
    ({ home, remove } = await temporaryHome());
    await run('init', '--name', 'a');
    await run('plugin', 'add', ECHO);
  });

  beforeEach(async () => {
    expect((await run('up', '--detach')).code).toBe(0);
  });

  afterEach(async () => {
    await run('down', '--force');
  });

  afterAll(() => remove());

  async function pids() {
    const [host, echo] = [await pidOf(home, 'host'), await pidOf(home, 'echo')];
    if (host === undefined || echo === undefined) throw new Error('host and echo should run');
    return { host, echo };
  }

  it('killed: its plugin goes on, and the next host takes it over', async () => {
    const before = await pids();
    process.kill(before.host, 'SIGKILL');
    const status = await run('status', '--json');
    expect(status.code).toBe(3);
    expect(JSON.parse(status.stdout)).toMatchObject({
      running: false,
      plugins: [{ id: 'echo', pid: before.echo }],
    });
    expect((await run('echo', 'say', 'x')).code).toBe(0);
    expect((await run('doctor')).stdout).toContain('without its host');

    expect((await run('up', '--detach')).code).toBe(0);
    const after = await pids();
    expect(after.echo).toBe(before.echo);
    expect(after.host).not.toBe(before.host);
    expect((await run('logs')).stdout).toContain(`plugin echo adopted as process ${before.echo}`);
  });

  it('killed: down ends what it has left', async () => {
    const { host } = await pids();
    process.kill(host, 'SIGKILL');
    expect((await run('down')).stdout).toBe('Stopped: plugin echo.\n');
    expect(await pidOf(home, 'echo')).toBeUndefined();
  });

  it('paused: commands fail clearly within seconds', async () => {
    const { host, echo } = await pids();
    process.kill(host, 'SIGSTOP');
    const [status, down] = await Promise.all([run('status'), run('down')]);
    expect(status.code).toBe(4);
    expect(status.stderr).toMatch(/^FT_HOST_NOT_ANSWERING: /);
    expect(status.ms).toBeLessThan(5_000);
    expect(down.stderr).toContain('ftctl down --force');

    process.kill(echo, 'SIGSTOP');
    const say = await run('echo', 'say', 'x');
    expect(say.code).toBe(4);
    expect(say.ms).toBeLessThan(5_000);
    process.kill(echo, 'SIGCONT');
    expect((await run('down', '--force')).code).toBe(0);
    expect(await pidOf(home, 'host')).toBeUndefined();
    expect(await pidOf(home, 'echo')).toBeUndefined();
  });

  it('a crashing plugin comes back, and in the end goes to quarantine', async () => {
    const crash = async () => {
      const before = await pidOf(home, 'echo');
      await run('echo', 'crash');
      return before;
    };
    const first = await crash();
    await expect.poll(() => pidOf(home, 'echo'), { timeout: 20_000 }).not.toBe(first);
    await expect.poll(state, { timeout: 20_000 }).toBe('ok');
    await crash();
    await expect.poll(state, { timeout: 20_000 }).not.toBe('ok');
    await expect.poll(state, { timeout: 20_000 }).toBe('ok');
    await crash();
    await expect.poll(state, { timeout: 20_000 }).toBe('quarantined');
    const doctor = await run('doctor');
    expect(doctor.code).toBe(6);
    expect(doctor.stdout).toContain('in quarantine');
    expect((await run('restart', 'echo')).code).toBe(0);
    await expect.poll(state, { timeout: 20_000 }).toBe('ok');
  }, 120_000);

  it('in the foreground stops with all it has on SIGTERM', async () => {
    await run('down');
    const child = spawn(process.execPath, [FTCTL, 'up', '--home', home], { stdio: 'pipe' });
    let said = '';
    child.stdout.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
    await expect.poll(state, { timeout: 20_000 }).toBe('ok');
    expect(said).toContain('is up');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await pidOf(home, 'echo')).toBeUndefined();
  });

  it('killed: a plugin can be removed all the same', async () => {
    const { host } = await pids();
    process.kill(host, 'SIGKILL');
    expect((await run('plugin', 'remove', 'echo')).code).toBe(0);
    expect(await pidOf(home, 'echo')).toBeUndefined();
  });

  async function state(): Promise<string | undefined> {
    const { stdout } = await run('status', '--json');
    return JSON.parse(stdout).plugins?.[0]?.state;
  }
});
