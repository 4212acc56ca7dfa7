import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from '@ftctl/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  callHost,
  downHost,
  isRunning,
  type OutputEvent,
  openCliCall,
  openPluginCall,
  probePlugin,
  readLiveRecord,
} from '../src/index.ts';
import { type Built, buildEntries } from './support/build.ts';
import { TestHome } from './support/home.ts';

let built: Built;
let home: TestHome;

beforeAll(async () => {
  built = await buildEntries();
});
afterAll(() => built.remove());
beforeEach(async () => {
  home = await TestHome.make(built);
});
afterEach(() => home.remove());

const request = (command: string) => ({ command, args: {}, options: {}, cwd: '/' });

async function add(text: string): Promise<{ result: CommandResult; printed: string }> {
  let printed = '';
  async function* input() {
    yield Buffer.from(text).toString('base64');
  }
  const call = await openPluginCall<CommandResult>(
    home.paths,
    'counter',
    'command',
    request('add'),
    {
      input: input(),
      onEvent: (event) => {
        printed += Buffer.from((event as OutputEvent).output, 'base64').toString();
      },
    },
  );
  return { result: await call.answer, printed };
}

async function show(command = 'show'): Promise<CommandResult> {
  const runtime = { runner: built.runner, version: '1.0.0' };
  return (await openCliCall(home.paths, 'counter', request(command), runtime)).answer;
}

test('a command runs in the plugin, another one beside it, also when the host is down', async () => {
  await home.install('counter');
  await home.configure({ plugins: { counter: { config: { step: 10 } } } });
  await home.up();
  expect(await add('4')).toEqual({ result: { data: { sum: 40 } }, printed: 'sum 40\n' });
  expect(await show()).toEqual({ data: { sum: 40 } });
  await add('2');
  expect(await show()).toEqual({ data: { sum: 60 } });
  await callHost(home.paths, 'down');
  expect(await show()).toEqual({ data: { sum: 60 } });
  await expect(add('1')).rejects.toMatchObject({ code: 'FT_HOST_DOWN' });
});

test('a command beside the plugin needs a store only when it reads one', async () => {
  await home.install('counter');
  await home.configure({ plugins: { counter: { config: { step: 10 } } } });
  expect(await show('step')).toEqual({ data: { step: 10 } });
  await expect(show()).rejects.toMatchObject({ code: 'FT_STORE_FAILED' });
});

test('what a plugin has stored survives its crash in the middle of a command', async () => {
  await home.install('counter');
  await home.up();
  await add('7');
  await expect(add('die')).rejects.toMatchObject({ code: 'FT_HOST_CUT' });
  await home.until('counter', ({ state, crashes }) => state === 'ok' && crashes === 1);
  expect((await add('1')).result).toEqual({ data: { sum: 8 } });
});

test('mistakes of a caller are named', async () => {
  await home.install('counter');
  await home.up();
  const call = await openPluginCall(home.paths, 'counter', 'command', request('show'));
  await expect(call.answer).rejects.toMatchObject({ code: 'FT_HOST_NO_COMMAND' });
  const runtime = { runner: built.runner, version: '1.0.0' };
  await expect(openCliCall(home.paths, 'other', request('show'), runtime)).rejects.toMatchObject({
    code: 'FT_HOST_NOT_INSTALLED',
  });
  await expect(callHost(home.paths, 'restart', { plugin: 'other' })).rejects.toMatchObject({
    code: 'FT_HOST_NOT_INSTALLED',
  });
});

test('plugins that run without a host are stopped from outside', async () => {
  await home.install('counter');
  await home.up();
  const record = await readLiveRecord(home.paths, 'counter');
  await home.killHost();
  expect(await downHost({ home: home.home })).toEqual({ host: false, stopped: ['counter'] });
  expect(record && (await isRunning(record))).toBe(false);
});

test('a host that is stopped is not waited for for long, and only killed when told so', async () => {
  await home.install('counter');
  const { pid } = await home.up();
  process.kill(pid, 'SIGSTOP');
  await expect(downHost({ home: home.home })).rejects.toMatchObject({
    code: 'FT_HOST_NOT_ANSWERING',
  });
  expect(await downHost({ home: home.home, force: true })).toEqual({
    host: true,
    stopped: ['counter'],
  });
  expect(await readLiveRecord(home.paths, 'host')).toBeUndefined();
});

const manifest = { manifestVersion: 1, id: 'tried', api: '^0.1.0', entry: 'plugin.mjs' };
const commands = {
  namespace: 'tried',
  list: [{ name: 'show', summary: 'Show', runs: 'cli' }],
};

test.each([
  ['export default {[Symbol.for("ftctl.plugin")]: true, setup() {}}', {}, undefined],
  ['export default {setup() {}}', {}, 'FT_HOST_NOT_A_PLUGIN'],
  ['import "nowhere-to-be-found"', {}, 'FT_HOST_NOT_A_PLUGIN'],
  ['process.stderr.write("no heap"); process.exit(7)', {}, 'FT_HOST_PROBE'],
  ['await new Promise(() => setTimeout(() => undefined, 1e6))', {}, 'FT_HOST_PROBE'],
  [
    'export default {[Symbol.for("ftctl.plugin")]: true, setup() {}}',
    { commands },
    'FT_HOST_COMMANDS',
  ],
  ['export default {}', { api: '^9.0.0' }, 'FT_HOST_API'],
])('a trial of %j %j answers %s', async (code, change, expected) => {
  const folder = join(home.home, 'tried');
  await mkdir(folder);
  await writeFile(join(folder, 'ftctl.plugin.json'), JSON.stringify({ ...manifest, ...change }));
  await writeFile(join(folder, 'plugin.mjs'), code);
  const tried = probePlugin({ folder, runner: built.runner, timeoutMs: 2_000 });
  if (expected === undefined) await tried;
  else await expect(tried).rejects.toMatchObject({ code: expected });
  await rm(folder, { recursive: true });
});

describe('a plugin asks another one of its host', () => {
  const ask = async (): Promise<unknown> => {
    const call = await openPluginCall<CommandResult>(
      home.paths,
      'asker',
      'command',
      request('ask'),
    );
    return (await call.answer).data;
  };

  beforeEach(async () => {
    await home.install('counter', { provides: [{ capability: 'counting@1' }] });
    await home.install('asker', { requires: [{ capability: 'counting@1' }] });
  });

  test('and is answered in its process', async () => {
    await home.configure({ plugins: { counter: { config: { step: 2 } } } });
    await home.up();
    await add('4');
    expect(await ask()).toEqual({ sum: 8, step: 2, asked: 'hello', by: 'asker' });
  });

  test('what it does not know, and while it is down', async () => {
    await home.configure({ plugins: { asker: { config: { ask: 'product' } } } });
    await home.up();
    await expect(ask()).rejects.toMatchObject({ code: 'FT_CAPABILITY_NOT_ANSWERED' });
    const record = await readLiveRecord(home.paths, 'counter');
    // The host ends a plugin that does not answer.
    process.kill(record?.pid ?? 0, 'SIGSTOP');
    await expect(ask()).rejects.toMatchObject({ code: 'FT_CAPABILITY_AWAY' });
  });
});
