import { definePlugin, type LogOptions, type PluginContext, text } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { FAULT_KINDS, healAll, inject, planFaults, SeededRandom, World } from '../src/index.ts';

const LOG: LogOptions<string> = { codec: text, limitBytes: 1_000_000, overflow: 'refuse' };

/** Counts its timer's ticks of 100 ms, and keeps its context for the test. */
function ticker(contexts: PluginContext[], ticks: Map<string, number>) {
  return definePlugin({
    setup: (ctx) => {
      contexts.push(ctx);
      const name = `${ctx.host.name}/${ctx.host.plugin}`;
      const log = ctx.store.log('box', LOG);
      const tick = () => {
        ticks.set(name, (ticks.get(name) ?? 0) + 1);
        ctx.clock.setTimer(100, tick);
      };
      return {
        start: async () => {
          await ctx.store.commit((tx) => tx.append(log, 'started'));
          ctx.clock.setTimer(100, tick);
        },
        stop: () => undefined,
        health: () => ({ state: 'ok' }),
      };
    },
  });
}

/** Host a with the plugins one and two, host b with one. */
async function tickers(seed = 1) {
  const world = new World({ seed });
  const [contexts, ticks] = [[] as PluginContext[], new Map<string, number>()];
  const start = (host: string, id: string) =>
    world.startPlugin(host, ticker(contexts, ticks), { id, config: {} });
  const plugins = [start('a', 'one'), start('a', 'two'), start('b', 'one')] as const;
  await world.until(() => plugins.every((plugin) => plugin.running), 'all run');
  const contextOf = (host: string) => {
    const found = contexts.findLast((ctx) => ctx.host.name === host);
    if (found === undefined) throw new Error(`nothing runs on ${host}`);
    return found;
  };
  const count = (name: string) => ticks.get(name) ?? 0;
  return { world, plugins, contextOf, count };
}

test('one plugin stands still, its neighbour does not, and it catches up', async () => {
  const { world, count } = await tickers();
  await world.run(1_000);
  const before = [count('a/one'), count('a/two')] as const;
  inject(world, { kind: 'pause-plugin', atMs: 0, host: 'a', nth: 0, forMs: 2_000 });
  await world.run(1_900);
  expect(count('a/one')).toBe(before[0]);
  expect(count('a/two')).toBeGreaterThan(before[1] + 15);
  await world.run(1_000);
  expect(count('a/one')).toBeGreaterThan(before[0]);
});

test('a plugin stopped by itself stays so when its host goes on, and the other way round', async () => {
  const { world, plugins, count } = await tickers();
  const [one] = plugins;
  one.pause();
  world.host('a').pause();
  await world.run(500);
  const before = [count('a/one'), count('a/two')];
  world.host('a').resume();
  await world.run(500);
  expect(count('a/one')).toBe(before[0]);
  expect(count('a/two')).toBeGreaterThan(before[1] ?? 0);
  world.host('a').pause();
  one.resume();
  await world.run(500);
  expect(count('a/one')).toBe(before[0]);
  world.host('a').resume();
  await world.run(500);
  expect(count('a/one')).toBeGreaterThan(before[0] ?? 0);
});

test('one plugin crashes alone and is started again', async () => {
  const { world, plugins } = await tickers();
  inject(world, { kind: 'crash-plugin', atMs: 0, host: 'a', nth: 1, forMs: 100 });
  await world.run(50);
  expect(plugins.map((plugin) => plugin.state)).toEqual(['ok', 'crashed', 'ok']);
  await world.run(100);
  expect(plugins.map((plugin) => plugin.lives)).toEqual([1, 2, 1]);
  expect(plugins[1].running).toBe(true);
});

test('a host crashes inside the start of its plugins, and then comes up', async () => {
  let crashed = 0;
  for (let seed = 1; seed <= 10; seed += 1) {
    const { world, plugins } = await tickers(seed);
    inject(world, { kind: 'crash-in-start', atMs: 0, host: 'a', calls: 1, forMs: 200 });
    await world.run(1_000);
    expect(plugins[0].running && plugins[1].running).toBe(true);
    crashed += world.history.of('host.crash').length === 2 ? 1 : 0;
    const started = plugins[0].store.log('box', LOG).read(0).length;
    expect(started).toBeGreaterThanOrEqual(2);
    expect(started).toBeLessThanOrEqual(3);
  }
  expect(crashed).toBe(10);
});

test('what a simulation keeps of a machine is told of a power cut, and of no other crash', async () => {
  const { world, plugins } = await tickers();
  const host = world.host('a');
  const told: string[] = [];
  host.onPowerLoss(() => told.push(plugins[0].state));
  host.crash();
  host.restart();
  await world.run(1_000);
  expect(told).toEqual([]);
  host.crash({ power: true });
  expect(told).toEqual(['ok']);
});

test('a crash between a commit and what is sent after it leaves the record, unsent', async () => {
  const world = new World({ seed: 1 });
  const orders = { name: 'orders', question: text, answer: text };
  const heard: string[] = [];
  const node = definePlugin({
    setup: (ctx) => {
      const log = ctx.store.log('box', LOG);
      return {
        start: () => ctx.link.serve(orders, (order) => `${heard.push(order)}`),
        stop: () => undefined,
        health: () => ({ state: 'ok' }),
        commands: {
          send: async () => {
            await ctx.store.commit((tx) => tx.append(log, 'order'));
            await ctx.link.request(orders, { host: 'b' }, 'order');
            return { data: undefined };
          },
        },
      };
    },
  });
  const a = world.startPlugin('a', node, { id: 'node', config: {} });
  const b = world.startPlugin('b', node, { id: 'node', config: {} });
  await world.until(() => a.running && b.running, 'both run');
  // The first call is the commit, the second the request.
  a.crashAtCall(2);
  a.command('send');
  await world.until(() => !a.process.alive, 'it has died');
  a.start();
  await world.run(5_000);
  expect(a.store.log('box', LOG).read(0)).toHaveLength(1);
  expect(heard).toEqual([]);
});

test('a crash in a flush that is called off does not come', async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const { world, plugins } = await tickers(seed);
    inject(world, { kind: 'disk-slow', atMs: 0, host: 'a', forMs: 900, flushMs: 800 });
    const fault = { kind: 'crash-in-flush', atMs: 0, host: 'a', flushes: 1 } as const;
    inject(world, { ...fault, power: false, forMs: 100 });
    const { store } = plugins[0];
    store.commit((tx) => tx.append(store.log('box', LOG), 'slow'));
    await world.run(5_000);
    expect(world.host('a').up, `seed ${seed}`).toBe(true);
    expect(world.history.of('host.crash').filter(({ at }) => at > 200)).toEqual([]);
  }
});

test('a slow disk acknowledges late, and loses nothing', async () => {
  const { world, plugins } = await tickers();
  const { store } = plugins[0];
  const log = store.log('box', LOG);
  inject(world, { kind: 'disk-slow', atMs: 0, host: 'a', forMs: 5_000, flushMs: 400 });
  const from = world.now;
  await world.settle(store.commit((tx) => tx.append(log, 'late')));
  expect(world.now - from).toBeGreaterThanOrEqual(200);
  expect(log.read(0).at(-1)?.value).toBe('late');
  await world.run(5_000);
  const again = world.now;
  await world.settle(store.commit((tx) => tx.append(log, 'soon')));
  expect(world.now - again).toBeLessThan(20);
});

test('a record that went bad is named when it is read, in every life', async () => {
  const { world, plugins } = await tickers();
  inject(world, { kind: 'corrupt-record', atMs: 0, host: 'b', pick: 0.5 });
  const corrupt = expect.objectContaining({ code: 'FT_STORE_CORRUPT' });
  expect(() => plugins[2].store.log('box', LOG).read(0)).toThrow(corrupt);
  world.host('b').crash();
  world.host('b').restart();
  await world.run(1_000);
  expect(() => plugins[2].store.log('box', LOG).read(0)).toThrow(/record 1 of log box/);
  expect(plugins[0].store.log('box', LOG).read(0)).toHaveLength(1);
});

test('a clock that drifts takes wall clock, monotonic time and timers with it', async () => {
  const { world, contextOf, count } = await tickers();
  const [a, b] = [contextOf('a').clock, contextOf('b').clock];
  const offset = () => a.now() - b.now();
  const [before, monotonic, ticks] = [offset(), a.monotonic(), count('a/one')];
  // Ten per cent is far more than any quartz, so that it shows.
  inject(world, { kind: 'clock-drift', atMs: 0, host: 'a', ppm: 100_000, forMs: 10_000 });
  await world.run(10_000);
  expect(offset() - before).toBeCloseTo(1_000, -1);
  expect(a.monotonic() - monotonic).toBeCloseTo(11_000, -1);
  expect(count('a/one') - ticks).toBeGreaterThanOrEqual(108);
  const drifted = offset();
  await world.run(10_000);
  expect(Math.abs(offset() - drifted)).toBeLessThanOrEqual(1);
});

test('every kind of fault can begin, end, and be healed', async () => {
  for (const kind of FAULT_KINDS) {
    const { world, plugins } = await tickers();
    const options = { hosts: ['a', 'b'], kinds: [kind], durationMs: 2_000 };
    const { faults } = planFaults(new SeededRandom(kind), options);
    for (const fault of faults) world.after(fault.atMs, () => inject(world, fault));
    await world.run(1_000);
    healAll(world);
    await world.run(5_000);
    expect(world.history.of(`faults.${kind}`).length, kind).toBeGreaterThan(0);
    expect(
      plugins.map((plugin) => plugin.running),
      kind,
    ).toEqual([true, true, true]);
    const log = plugins[0].store.log('box', LOG);
    await world.settle(
      plugins[0].store.commit((tx) => tx.append(log, 'well')),
      kind,
      1_000,
    );
  }
});
