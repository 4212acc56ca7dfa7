import { readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ECHO, ftctl, pidOf, temporaryHome } from './support/real.ts';

/** One home through its whole life; the steps follow each other. */
describe('the life of a host', () => {
  let home: string;
  let remove: () => Promise<void>;
  const run = (...args: string[]) => ftctl([...args, '--home', home]);

  beforeAll(async () => {
    ({ home, remove } = await temporaryHome());
  });

  afterAll(() => remove());

  it('begins with init', async () => {
    const { code, stdout } = await run('init', '--name', 'a');
    expect(code).toBe(0);
    expect(stdout).toContain('Next:');
    expect((await run('init', '--name', 'a')).stderr).toMatch(/^FT_HOST_HOME_EXISTS/);
  });

  it('adds a plugin while nothing runs', async () => {
    const { code, stdout, stderr } = await run('plugin', 'add', ECHO, '--set', 'greeting=hey');
    expect(stderr).toContain('links to the echo of other hosts');
    expect(stdout).toContain('Plugin echo 1.0.0 is installed; `ftctl up` starts it.');
    expect(code).toBe(0);
    const list = JSON.parse((await run('plugin', 'list', '--json')).stdout);
    expect(list).toMatchObject([{ id: 'echo', version: '1.0.0', package: 'ftctl-plugin-echo' }]);
  });

  it('tells from outside that it does not run', async () => {
    const { code, stdout } = await run('status');
    expect(code).toBe(3);
    expect(stdout).toContain('ftctl up');
    expect(stdout).toMatch(/echo +1\.0\.0 +stopped/);
    expect((await run('echo', 'where')).code).toBe(3);
    expect((await run('reload')).code).toBe(3);
  });

  it('starts in the background with its plugin', async () => {
    const { code, stdout } = await run('up', '--detach', '--json');
    expect(code).toBe(0);
    const status = JSON.parse(stdout);
    expect(status).toMatchObject({ host: 'a', home, plugins: [{ id: 'echo', state: 'ok' }] });
    expect(await pidOf(home, 'host')).toBe(status.pid);
    expect((await run('up', '--detach')).stderr).toMatch(/^starting.*\nFT_HOST_RUNNING/);
  });

  it('shows its status as a table', async () => {
    const { code, stdout } = await run('status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/PLUGIN +VERSION +STATE/);
    expect(stdout).toMatch(/echo +1\.0\.0 +ok/);
  });

  it('runs commands of the plugin in its process', async () => {
    const { code, stdout } = await run('echo', 'say', 'hello', 'world', '--loud', '--times', '2');
    expect(code).toBe(0);
    expect(stdout).toBe('hey:\nLINE\nHELLO WORLD\nHELLO WORLD\n');
    // By its short form.
    const json = await run('echo', 's', 'x', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ greeting: 'hey', words: ['x'], lines: ['x'] });
  });

  it('runs commands of the plugin in a short process', async () => {
    const { code, stdout } = await run('echo', 'spoken', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ said: 3 });
  });

  it('hands input, output and folder over', async () => {
    const text = 'x'.repeat(700_000);
    const copy = await ftctl(['echo', 'copy', '--home', home], { input: text });
    expect(copy.stdout).toBe(text);
    expect(copy.stderr).toBe('copied\n');
    const quiet = await ftctl(['echo', 'copy', '--json', '--home', home], { input: 'abc' });
    expect(JSON.parse(quiet.stdout)).toEqual({ bytes: 3 });
    const where = await ftctl(['echo', 'where', '--home', home], { cwd: tmpdir() });
    expect(where.stdout.trim()).toBe(await realpath(tmpdir()));
  });

  it('hands an interrupt over, and the exit code back', async () => {
    const { code, stdout } = await ftctl(['echo', 'wait', '--home', home], {
      onOutput: (piece, kill) => {
        if (piece.includes('waiting')) kill('SIGINT');
      },
    });
    expect(stdout).toBe('waiting\nSIGINT\n');
    expect(code).toBe(42);
  });

  it('explains a message of the field that cannot occur, and why', async () => {
    const { code, stdout } = await run('explain', 'awsech002e');
    expect(code).toBe(0);
    expect(stdout).toContain('It cannot occur here: the command line asks for words');
  });

  it('explains what the plugin says', async () => {
    const { code, stdout } = await run('explain', 'FTEC001I');
    expect(code).toBe(0);
    expect(stdout).toContain('Somebody used the command `say`.');
  });

  it('shows the help of the plugin', async () => {
    expect((await run('--help')).stdout).toMatch(/echo +say things and hear them again/);
    expect((await run('echo', 'say', '--help')).stdout).toContain('--times <n>');
    expect((await run('echo', 'sing')).stderr).toMatch(/^FT_CLI_USAGE: unknown command 'sing'/);
  });

  it('reloads only what has changed', async () => {
    const before = await pidOf(home, 'echo');
    expect((await run('reload')).stdout).toBe('Nothing had changed.\n');
    expect(await pidOf(home, 'echo')).toBe(before);
    const file = join(home, 'ftctl.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('hey', 'hi'));
    expect((await run('reload')).stdout).toBe('Restarted: echo.\n');
    expect((await run('echo', 'say', 'x')).stdout).toMatch(/^hi:/);
  });

  it('refuses a broken configuration and goes on', async () => {
    const file = join(home, 'ftctl.yaml');
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.replace('greeting: hi', 'greting: hi'));
    const { code, stderr } = await run('reload');
    expect(code).toBe(5);
    expect(stderr).toMatch(/^FT_HOST_CONFIG: .*ftctl\.yaml:\d+: .*greting/);
    expect((await run('status')).code).toBe(0);
    const doctor = await run('doctor', '--json');
    expect(doctor.code).toBe(6);
    expect(JSON.parse(doctor.stdout).problems).toBe(1);
    await writeFile(file, good);
    expect((await run('doctor')).stdout).toContain('No problems.');
  });

  it('restarts a plugin', async () => {
    const before = await pidOf(home, 'echo');
    expect((await run('restart', 'echo')).stdout).toBe('Restarted: echo.\n');
    const after = await pidOf(home, 'echo');
    expect(after).toBeDefined();
    expect(after).not.toBe(before);
    expect((await run('restart', 'none')).code).toBe(5);
  });

  it('shows logs of host and plugin', async () => {
    expect((await run('logs')).stdout).toContain('host a started');
    const entries = JSON.parse((await run('logs', 'echo', '--json', '-n', '1')).stdout);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ level: 'info' });
    expect((await run('logs', 'none')).stderr).toMatch(/^FT_CLI_NO_LOG/);
  });

  it('disables and enables the plugin', async () => {
    expect((await run('plugin', 'disable', 'echo')).code).toBe(0);
    expect(await pidOf(home, 'echo')).toBeUndefined();
    const { plugins } = JSON.parse((await run('status', '--json')).stdout);
    expect(plugins).toMatchObject([{ id: 'echo', state: 'disabled' }]);
    expect((await run('plugin', 'enable', 'echo')).code).toBe(0);
    expect(await pidOf(home, 'echo')).toBeDefined();
  });

  it('goes back to what worked when a new version does not', async () => {
    const before = await readFile(join(home, 'ftctl.yaml'), 'utf8');
    const { code, stderr } = await run('plugin', 'add', ECHO, '--set', 'failing=true');
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /FT_CLI_WENT_BACK: plugin echo .* is in its place again: .*told to fail/,
    );
    expect(await readFile(join(home, 'ftctl.yaml'), 'utf8')).toBe(before);
    const { plugins } = JSON.parse((await run('status', '--json')).stdout);
    expect(plugins).toMatchObject([{ id: 'echo', state: 'ok' }]);
  });

  it('goes back as well when the new version refuses the configuration', async () => {
    const { code, stderr } = await run('plugin', 'add', ECHO, '--set', 'greeting=5');
    expect(code).toBe(6);
    expect(stderr).toMatch(/FT_CLI_WENT_BACK: .*greeting/);
    expect((await run('reload')).code).toBe(0);
  });

  it('does not take a sick plugin for installed and well', async () => {
    expect((await run('plugin', 'remove', 'echo')).code).toBe(0);
    const { code, stderr } = await run('plugin', 'add', ECHO, '--set', 'failing=true');
    expect(code).toBe(6);
    expect(stderr).toMatch(/FT_CLI_NOT_HEALTHY: plugin echo is installed and failed: told to fail/);
    const fixed = await run(
      'plugin',
      'add',
      ECHO,
      '--set',
      'failing=false',
      '--set',
      'greeting=hi',
    );
    expect(fixed.stdout).toContain('is installed and ok');
  });

  it('removes the plugin and keeps what it has stored', async () => {
    const { code, stdout } = await run('plugin', 'remove', 'echo');
    expect(code).toBe(0);
    expect(stdout).toContain(join(home, 'store', 'echo'));
    expect(await pidOf(home, 'echo')).toBeUndefined();
    expect((await run('status')).stdout).toContain('No plugin is installed');
    expect(await readFile(join(home, 'ftctl.yaml'), 'utf8')).not.toContain('greeting');
  });

  it('ends with down', async () => {
    expect((await run('down')).stdout).toBe('Stopped: The host.\n');
    expect(await pidOf(home, 'host')).toBeUndefined();
    expect((await run('down')).stdout).toBe('Nothing was running.\n');
  });
});
