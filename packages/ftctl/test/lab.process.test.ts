import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, startLab } from '@ftctl/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ECHO, FTCTL, ftctl } from './support/real.ts';

const DEFINITION = {
  plugins: { echo: ECHO },
  hosts: {
    a: { plugins: { echo: { greeting: 'from a' } } },
    b: { plugins: { echo: {} } },
    c: { plugins: { echo: {} } },
  },
};

/** How long a link may take to come back after a fault. */
const BACK_WITHIN = { timeout: 20_000, interval: 200 };

/** Three real hosts with each fault in turn. */
describe('a lab', () => {
  let folder: string;
  let dir: string;
  let lab: Lab;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ftctl-lab-'));
    dir = join(folder, 'lab');
    lab = await startLab({ definition: DEFINITION, dir, ftctl: FTCTL });
  });

  afterAll(async () => {
    await lab?.down({ remove: true });
    await rm(folder, { recursive: true, force: true });
  });

  /** What b says to a, or the code of the error. */
  async function ask(from: string, to: string): Promise<string> {
    const { code, stdout, stderr } = await lab.exec(from, ['echo', 'ask', to, 'hi']);
    return code === 0 ? stdout.trim() : (stderr.split(':')[0] ?? '');
  }

  async function echoPid(host: string): Promise<number | undefined> {
    const processes = await lab.host(host).processes();
    return processes.find(({ role }) => role === 'echo')?.pid;
  }

  it('runs hosts that reach each other by name', async () => {
    const { hosts, relay } = await lab.status();
    expect(Object.values(hosts).map(({ state }) => state)).toEqual([
      'running',
      'running',
      'running',
    ]);
    expect(relay).toMatchObject({ running: true, cuts: [] });
    expect(await ask('a', 'b')).toBe('b heard hi');
    expect(await ask('c', 'a')).toBe('a heard hi');
    const say = await lab.exec('a', ['echo', 'say', 'x']);
    expect(say.stdout).toMatch(/^from a:/);
  });

  it('cuts two hosts and no others, and heals them', async () => {
    await lab.cut('a', 'b');
    expect(await ask('a', 'b')).toBe('FT_LINK_DOWN');
    expect(await ask('b', 'a')).toBe('FT_LINK_DOWN');
    expect(await ask('a', 'c')).toBe('c heard hi');
    expect((await lab.status()).relay?.cuts).toHaveLength(2);
    await lab.heal('a', 'b');
    await expect.poll(() => ask('a', 'b'), BACK_WITHIN).toBe('b heard hi');
  });

  it('cuts them silently', async () => {
    await lab.cut('a', 'b', { silent: true });
    expect(await ask('a', 'b')).toMatch(/^FT_LINK_(DOWN|TIMEOUT)$/);
    await lab.heal('a', 'b');
    await expect.poll(() => ask('a', 'b'), BACK_WITHIN).toBe('b heard hi');
    await expect.poll(() => ask('b', 'a'), BACK_WITHIN).toBe('a heard hi');
  });

  it('cuts them in one direction', async () => {
    await lab.cut('a', 'b', { oneWay: true });
    expect((await lab.status()).relay?.cuts).toEqual([{ from: 'a', to: 'b', way: 'held' }]);
    expect(await ask('a', 'b')).toMatch(/^FT_LINK_(DOWN|TIMEOUT)$/);
    await lab.heal('a', 'b');
    await expect.poll(() => ask('a', 'b'), BACK_WITHIN).toBe('b heard hi');
  });

  it('kills one plugin, which its host starts again on another port', async () => {
    const before = await echoPid('b');
    expect(await lab.host('b').kill({ plugin: 'echo' })).toBe(1);
    await lab.waitFor(
      ({ hosts }) =>
        hosts.b?.status?.plugins.some(({ state, pid }) => state === 'ok' && pid !== before) ===
        true,
      { what: 'a new echo on b' },
    );
    await expect.poll(() => ask('a', 'b'), BACK_WITHIN).toBe('b heard hi');
  });

  it('kills a daemon alone, and its plugin goes on', async () => {
    const before = await echoPid('b');
    await lab.host('b').kill({ daemon: true });
    expect((await lab.host('b').status()).state).toBe('headless');
    expect(await ask('a', 'b')).toBe('b heard hi');
    await lab.host('b').start();
    expect(await echoPid('b')).toBe(before);
  });

  it('pauses a host, which then does not answer, and resumes it', async () => {
    await lab.host('b').pause();
    expect((await lab.host('b').status()).state).toBe('paused');
    expect(await ask('a', 'b')).toMatch(/^FT_LINK_(DOWN|TIMEOUT)$/);
    const exec = await ftctl(['lab', 'exec', 'b', '--dir', dir, '--', 'status']);
    expect(exec.code).toBe(4);
    expect(exec.stderr).toMatch(/^FT_LAB_PAUSED/);
    expect(exec.ms).toBeLessThan(5_000);
    await lab.host('b').resume();
    await expect.poll(() => ask('a', 'b'), BACK_WITHIN).toBe('b heard hi');
  });

  it('kills a whole host and starts it again', async () => {
    const count = await lab.host('c').kill();
    expect(count).toBeGreaterThanOrEqual(2);
    expect((await lab.host('c').status()).state).toBe('stopped');
    expect(await ask('a', 'c')).toBe('FT_LINK_DOWN');
    await lab.host('c').start();
    await expect.poll(() => ask('a', 'c'), BACK_WITHIN).toBe('c heard hi');
  });

  it('stops a host in order', async () => {
    await lab.host('c').stop();
    expect(await lab.host('c').processes()).toEqual([]);
    await lab.host('c').start();
  });

  it('does all that from the command line', async () => {
    const run = (...args: string[]) => ftctl(['lab', ...args, '--dir', dir]);
    expect((await run('cut', 'a', 'b', '--one-way')).stdout).toBe('What a sends to b is lost.\n');
    expect((await run('status')).stdout).toContain('a -> b: silent');
    expect((await run('heal', 'a', 'b')).code).toBe(0);
    expect((await run('kill', 'b', '--signal', 'nonsense')).stderr).toMatch(/^FT_LAB_SIGNAL/);
    expect((await run('pause', 'b')).code).toBe(0);
    expect((await run('resume', 'b')).code).toBe(0);
    const { hosts } = JSON.parse((await run('status', '--json')).stdout);
    expect(Object.keys(hosts)).toEqual(['a', 'b', 'c']);
    const exec = await ftctl([
      'lab',
      'exec',
      'a',
      '--dir',
      dir,
      '--',
      'echo',
      'say',
      'x',
      '--json',
    ]);
    expect(JSON.parse(exec.stdout)).toMatchObject({ words: ['x'] });
    expect((await run('pause', 'z')).stderr).toMatch(/^FT_LAB_UNKNOWN_HOST/);
    expect((await run('cut', 'a', 'a')).code).toBe(2);
  });

  it('is not started twice in one folder', async () => {
    const file = join(folder, 'lab.yaml');
    await writeFile(file, stringify(DEFINITION));
    const again = await ftctl(['lab', 'up', file, '--dir', dir]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('FT_LAB_EXISTS');
  });

  it('ends everything it has started, and keeps its stores for the next time', async () => {
    expect((await lab.exec('a', ['echo', 'spoken', '--json'])).stdout).toContain('"said": 2');
    const pids = await Promise.all(lab.hosts.map((host) => host.processes()));
    expect(pids.flat().length).toBeGreaterThanOrEqual(6);
    await lab.down();
    const { hosts, relay } = await lab.status();
    expect(Object.values(hosts).every(({ processes }) => processes.length === 0)).toBe(true);
    expect(relay?.running).toBe(false);

    lab = await startLab({ definition: DEFINITION, dir, ftctl: FTCTL });
    expect((await lab.exec('a', ['echo', 'spoken', '--json'])).stdout).toContain('"said": 2');
    await lab.down({ remove: true });
    await expect(stat(dir)).rejects.toThrow(/ENOENT/);
  });

  it('runs without a relay when told', async () => {
    const direct = await startLab({
      definition: {
        ...DEFINITION,
        relay: false,
        hosts: { a: DEFINITION.hosts.a, b: DEFINITION.hosts.b },
      },
      dir: join(folder, 'direct'),
      ftctl: FTCTL,
    });
    try {
      const { stdout } = await direct.exec('a', ['echo', 'ask', 'b', 'hi']);
      expect(stdout).toBe('b heard hi\n');
      await expect(direct.cut('a', 'b')).rejects.toMatchObject({ code: 'FT_LAB_NO_RELAY' });
    } finally {
      await direct.down({ remove: true });
    }
  });

  it('uses TLS when told: faults work as before, and a host can be revoked', async () => {
    const site = await startLab({
      definition: { ...DEFINITION, tls: 'b' },
      dir: join(folder, 'tls'),
      ftctl: FTCTL,
    });
    const say = async (from: string, to: string) => {
      const { code, stdout, stderr } = await site.exec(from, ['echo', 'ask', to, 'hi']);
      return code === 0 ? stdout.trim() : (stderr.split(':')[0] ?? '');
    };
    try {
      const { hosts } = await site.status();
      expect(Object.values(hosts).map(({ status }) => status?.tls.certificate?.state)).toEqual([
        'valid',
        'valid',
        'valid',
      ]);
      expect(hosts.b?.status?.tls.ca).toMatch(/^127\.0\.0\.1:\d+$/);
      expect(await say('a', 'b')).toBe('b heard hi');
      expect(await say('c', 'a')).toBe('a heard hi');
      await site.cut('a', 'b', { silent: true });
      expect(await say('a', 'b')).toMatch(/^FT_LINK_(DOWN|TIMEOUT)$/);
      await site.heal('a', 'b');
      await expect.poll(() => say('a', 'b'), BACK_WITHIN).toBe('b heard hi');
      expect((await site.exec('b', ['ca', 'revoke', 'c'])).code).toBe(0);
      await expect.poll(() => say('c', 'a'), BACK_WITHIN).toBe('FT_LINK_DOWN');
      expect(await say('a', 'b')).toBe('b heard hi');
    } finally {
      await site.down({ remove: true });
    }
  });

  it('leaves nothing behind when a host cannot start', async () => {
    const broken = startLab({
      definition: {
        ...DEFINITION,
        plugins: { other: ECHO },
        hosts: { a: { plugins: { other: {} } } },
      },
      dir: join(folder, 'broken'),
      ftctl: FTCTL,
    });
    await expect(broken).rejects.toMatchObject({ code: 'FT_LAB_INSTALL' });
  });
});
