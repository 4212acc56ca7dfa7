import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { homePaths } from '@ftctl/host';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ECHO, ftctl, temporaryHome } from './support/real.ts';

/** One home whose stores are looked after; the steps follow each other. */
describe('the stores of a home', () => {
  let home: string;
  let remove: () => Promise<void>;
  let backup: string;
  const run = (...args: string[]) => ftctl([...args, '--home', home]);
  const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);
  const dataFile = () => join(homePaths(home).store('echo'), 'data.mdb');
  const spoken = async () => (await json('echo', 'spoken')).said;

  beforeAll(async () => {
    ({ home, remove } = await temporaryHome());
    await run('init', '--name', 'a');
    expect((await run('plugin', 'add', ECHO, '--set', 'greeting=hey')).code).toBe(0);
  });

  afterAll(() => remove());

  it('are none before a plugin has started', async () => {
    const { code, stdout } = await run('store', 'check');
    expect([code, stdout]).toEqual([0, 'No plugin has stored anything in this home.\n']);
    const named = await run('store', 'stats', 'echo');
    expect(named.code).toBe(3);
    expect(named.stderr).toMatch(/^FT_STORE_NO_STORE: there is no store at /);
    expect((await run('store', 'check', '../echo')).code).toBe(3);
  });

  it('are checked and measured while the plugin runs', async () => {
    expect((await run('up', '--detach')).code).toBe(0);
    await run('echo', 'say', 'one', 'two', 'three');
    const check = await run('store', 'check');
    expect(check.code).toBe(0);
    expect(check.stdout).toMatch(/PLUGIN +STATE +RECORDS.*\necho +whole +0 +\d/);
    const [stats] = await json('store', 'stats', 'echo');
    expect(stats).toMatchObject({
      plugin: 'echo',
      format: 1,
      origin: { kind: 'created' },
      tables: expect.arrayContaining([
        { name: 'words', entries: 1, bytes: 'said'.length + '3'.length },
      ]),
    });
    const shown = await run('store', 'stats');
    expect(shown.stdout).toMatch(/table +words +1 +5 B/);
  });

  it('are backed up while the plugin runs, into a folder for its owner alone', async () => {
    const { code, stdout } = await run('store', 'backup', '--to', join(home, 'safe'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^echo: .* read back and whole\n$/);
    const [name = ''] = await readdir(join(home, 'safe'));
    expect(name).toMatch(/^echo-\d{8}T\d{6}Z$/);
    backup = join(home, 'safe', name);
    for (const file of ['data.mdb', 'backup.json']) {
      expect((await stat(join(backup, file))).mode & 0o777, file).toBe(0o600);
    }
    expect((await stat(backup)).mode & 0o777).toBe(0o700);
    const manifest = JSON.parse(await readFile(join(backup, 'backup.json'), 'utf8'));
    expect(manifest).toMatchObject({ backupFormat: 1, storeFormat: 1, plugin: 'echo', host: 'a' });
  });

  it('are not replaced under a plugin that runs', async () => {
    for (const args of [
      ['restore', 'echo', backup],
      ['compact', 'echo'],
    ]) {
      const { code, stderr } = await run('store', ...args);
      expect(code).toBe(5);
      expect(stderr).toMatch(/FT_HOST_STORE_NEEDED: plugin echo runs as process \d+/);
    }
  });

  it('are not replaced by a backup that was changed', async () => {
    await run('echo', 'say', 'four');
    expect((await run('down')).code).toBe(0);
    const file = join(backup, 'data.mdb');
    const whole = await readFile(file);
    const changed = Buffer.from(whole);
    changed[whole.length - 100] = (changed[whole.length - 100] ?? 0) ^ 1;
    await writeFile(file, changed);
    const refused = await run('store', 'restore', 'echo', backup);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toMatch(/FT_STORE_BACKUP: .*the sum in its manifest does not fit/);
    await writeFile(file, whole);
    const other = await run('store', 'restore', 'other', backup);
    expect(other.stderr).toContain('it is one of plugin echo');
    expect(await spoken()).toBe(4);
  });

  it('are restored, with an incarnation of their own, and the plugin goes on', async () => {
    const [before] = await json('store', 'stats', 'echo');
    const restored = await json('store', 'restore', 'echo', backup);
    expect(restored.kept).toBe(`${homePaths(home).store('echo')}.replaced`);
    const [after] = await json('store', 'stats', 'echo');
    expect(after.incarnation).toBe(restored.incarnation);
    expect(after.incarnation).not.toBe(before.incarnation);
    expect(after.origin).toMatchObject({
      kind: 'restored',
      from: { incarnation: before.incarnation },
    });
    expect(await spoken()).toBe(3);
    expect((await run('up', '--detach')).code).toBe(0);
    await run('echo', 'say', 'again');
    expect(await spoken()).toBe(4);
    expect((await run('logs', 'echo')).stdout).toContain('this store was restored from a backup');
  });

  it('are compacted while the plugin is down', async () => {
    // The host may go on: only the plugin has to be down.
    expect((await run('plugin', 'disable', 'echo')).code).toBe(0);
    const { code, stdout } = await run('store', 'compact');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^echo: .* before, .* now\n$/);
    expect((await stat(`${homePaths(home).store('echo')}.replaced`)).isDirectory()).toBe(true);
    await run('down');
    await run('plugin', 'enable', 'echo');
    expect(await spoken()).toBe(4);
    expect((await run('store', 'check')).code).toBe(0);
  });

  it('tell what is damaged, and refuse to begin anew where a store was', async () => {
    const whole = await readFile(dataFile());
    const damaged = Buffer.from(whole);
    // A value stands behind its key: format, sum of four bytes, and what was said.
    for (let at = whole.indexOf('said'); at !== -1; at = whole.indexOf('said', at + 1)) {
      damaged[at + 9] = (damaged[at + 9] ?? 0) ^ 1;
    }
    await writeFile(dataFile(), damaged);
    const check = await run('store', 'check');
    expect(check.code).toBe(1);
    expect(check.stdout).toContain('echo: entry said of table words is damaged');
    const [found] = await json('store', 'check', 'echo');
    expect(found).toMatchObject({ damaged: 1, damage: [{ what: 'entry said of table words' }] });
    const refused = await run('store', 'backup', 'echo');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('FT_STORE_CORRUPT: entry said of table words is damaged');

    await truncate(dataFile(), 0);
    const empty = await run('store', 'check', 'echo');
    expect(empty.code).toBe(1);
    expect(empty.stderr).toContain('missing or empty, though a store was made here');
    expect((await run('up', '--detach')).code).toBe(6);
    expect((await run('status')).stdout).toMatch(
      /echo .*FT_STORE_CORRUPT|echo .* failed|starting/s,
    );
    await run('down');
    expect((await run('store', 'restore', 'echo', backup, '--discard')).code).toBe(0);
    expect(await spoken()).toBe(3);
  });

  it('belong to one host: a second one on the same home is refused', async () => {
    const both = await Promise.all([run('up', '--detach'), run('up', '--detach')]);
    const codes = both.map(({ code }) => code).toSorted();
    expect(codes).toEqual([0, 1]);
    const refused = both.find(({ code }) => code !== 0);
    expect(refused?.stderr).toMatch(
      /FT_HOST_(RUNNING|UP_FAILED): .*(runs already|did not come up)/,
    );
    expect((await run('store', 'check')).code).toBe(0);
  });
});
