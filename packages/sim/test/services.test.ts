import { definePlugin, type LogOptions, type PluginContext, text } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { type SimChild, World } from '../src/index.ts';

const PUBLISHED: LogOptions<string> = {
  codec: text,
  limitBytes: 100_000,
  overflow: 'refuse',
  topic: true,
};

/** Hands its context out, so that a test can use the services of a life. */
async function contextOf(world: World, host: string, id = 'subject'): Promise<PluginContext> {
  let context: PluginContext | undefined;
  const spy = definePlugin({
    setup: (ctx) => {
      context = ctx;
      return { start: () => undefined, stop: () => undefined, health: () => ({ state: 'ok' }) };
    },
  });
  world.startPlugin(host, spy, { id, config: {} });
  await world.until(() => context !== undefined, 'the plugin is set up');
  if (context === undefined) throw new Error('no context');
  return context;
}

test('a plugin starts programs that the test plays', async () => {
  const world = new World({ seed: 1 });
  const ctx = await contextOf(world, 'a');
  const children: SimChild[] = [];
  world.host('a').programs.define('/bin/cat', (child) => {
    children.push(child);
    child.onInput((bytes) => child.output(bytes));
    child.onInputClosed(() => child.exit(0));
  });
  const cat = await world.settle(ctx.processes.start('/bin/cat', ['-u']));
  const heard: string[] = [];
  cat.onOutput((bytes, from) => heard.push(`${from} ${text.decode(bytes)}`));
  expect(await world.settle(cat.write(text.encode('hello')))).toBe(true);
  await world.run(1);
  cat.closeInput();
  expect(await world.settle(cat.exited)).toEqual({ code: 0, signal: null });
  expect(heard).toEqual(['stdout hello']);
  expect(children[0]?.args).toEqual(['-u']);
  expect(await world.settle(cat.write(text.encode('late')))).toBe(false);
});

test('a program that is not there cannot be started, one that is killed ends', async () => {
  const world = new World({ seed: 1 });
  const ctx = await contextOf(world, 'a');
  const missing = ctx.processes.start('/bin/none', []);
  await expect(world.settle(missing)).rejects.toMatchObject({ code: 'FT_HOST_PROCESS_FAILED' });
  world.host('a').programs.define('/bin/sleep', () => undefined);
  const sleeper = await world.settle(ctx.processes.start('/bin/sleep', []));
  sleeper.kill();
  expect(await world.settle(sleeper.exited)).toEqual({ code: null, signal: 'SIGTERM' });
});

test('log lines, messages and metrics are kept for the test, none of a dead life', async () => {
  const world = new World({ seed: 1 });
  const ctx = await contextOf(world, 'a');
  const { captured } = world.host('a').plugin('subject');
  const say = () => {
    ctx.log.child({ part: 'x' }).info('line', { n: 1 });
    ctx.messages.emit({ id: 'FTXX001I', severity: 'I', text: 'told', params: {} });
    ctx.metrics.counter({ name: 'seen_total', help: 'seen' }).add(2, { kind: 'k' });
    ctx.metrics.gauge({ name: 'lag_seconds', help: 'lag' }).set(3);
  };
  await world.run(40);
  say();
  say();
  world.host('a').crash();
  say();
  const line = { at: 40, level: 'info', text: 'line', fields: { part: 'x', n: 1 } };
  expect(captured.lines).toEqual([line, line]);
  expect(captured.messages.map((message) => message.id)).toEqual(['FTXX001I', 'FTXX001I']);
  expect(captured.metric('seen_total', { kind: 'k' })).toBe(4);
  expect(captured.metric('lag_seconds')).toBe(3);
  expect(captured.metric('seen_total')).toBeUndefined();
});

test('a topic is read by another plugin, also while its publisher is dead', async () => {
  const world = new World({ seed: 1 });
  const publisher = await contextOf(world, 'a', 'publisher');
  const reader = await contextOf(world, 'a', 'reader');
  const log = publisher.store.log('events', PUBLISHED);
  await world.settle(publisher.store.commit((tx) => tx.append(log, 'one')));
  const topic = await world.settle(reader.store.topic('publisher', 'events', text));
  world.host('a').plugin('publisher').crash();
  expect(topic.read(0).map((entry) => entry.value)).toEqual(['one']);
  let reported = false;
  topic.report(1).then(() => {
    reported = true;
  });
  await world.run(1_000);
  expect(reported).toBe(false);
  world.host('a').plugin('publisher').start();
  world.host('a').plugin('publisher').store.log('events', PUBLISHED);
  await world.until(() => reported, 'the report has been taken up');
});
