import { definePlugin, type PluginContext, text } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { planFaults, runFaults, type SimPlugin, World } from '../src/index.ts';

const facts = { name: 'facts', codec: text };
const echo = { name: 'echo', question: text, answer: text };
const LOG = { codec: text, limitBytes: 1_000_000, overflow: 'refuse' } as const;

interface Config {
  readonly to?: string;
}

/** Appends a record each 100 ms and ships them to another host; takes what others ship. */
const courier = definePlugin<Config>({
  setup(ctx: PluginContext<Config>) {
    const [out, received] = [ctx.store.log('out', LOG), ctx.store.log('in', LOG)];
    const tick = () => {
      const value = ctx.random.id().slice(0, 8);
      ctx.store
        .commit((tx) => tx.append(out, value))
        .then(
          () => ctx.log.info('appended', { value }),
          (error) => ctx.log.warn('not appended', { error: String(error) }),
        );
      ctx.clock.setTimer(100, tick);
    };
    return {
      start() {
        ctx.link.serve(echo, (question) => `${ctx.host.name}: ${question}`);
        ctx.link.receive(facts, (tx, batch) => {
          for (const entry of batch.entries) tx.append(received, entry.value);
        });
        if (ctx.config.to === undefined) return;
        ctx.link.ship(facts, out, { host: ctx.config.to }, 'to');
        tick();
      },
      stop: () => undefined,
      health: () => ({ state: 'ok' }),
      commands: { status: () => ({ data: { host: ctx.host.name, now: ctx.clock.now() } }) },
    };
  },
});

async function twoCouriers(seed: number) {
  const world = new World({ seed });
  const a = world.startPlugin('a', courier, { id: 'courier', config: { to: 'b' } });
  const b = world.startPlugin('b', courier, { id: 'courier', config: {} });
  await world.until(() => a.running && b.running, 'both run');
  return { world, a, b };
}

function acknowledged(plugin: SimPlugin<Config>): unknown[] {
  const lines = plugin.captured.lines.filter((line) => line.text === 'appended');
  return lines.map((line) => line.fields.value);
}

function received(plugin: SimPlugin<Config>): readonly string[] {
  return plugin.store
    .log('in', LOG)
    .read(0)
    .map((entry) => entry.value);
}

async function underFaults(seed: number) {
  const { world, a, b } = await twoCouriers(seed);
  await runFaults(world, planFaults(world.random.fork('faults'), { hosts: ['a', 'b'] }));
  return { said: acknowledged(a), got: received(b), digest: world.history.digest(), world };
}

test('under faults nothing acknowledged is lost and nothing is applied twice', async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const { said, got } = await underFaults(seed);
    expect(said.length, `seed ${seed}`).toBeGreaterThan(100);
    // The last few may still be on their way.
    const lost = said.slice(0, -3).filter((value) => !got.includes(value as string));
    expect(lost, `seed ${seed}`).toEqual([]);
    expect(new Set(got).size, `seed ${seed}`).toBe(got.length);
  }
});

test('the same seed replays exactly, another seed does not', async () => {
  const [first, again, other] = [await underFaults(4), await underFaults(4), await underFaults(5)];
  expect(again.digest).toBe(first.digest);
  expect(again.got).toEqual(first.got);
  expect(again.world.scheduler.scheduled).toBe(first.world.scheduler.scheduled);
  expect(other.digest).not.toBe(first.digest);
});

test('a crash loses what was not on disk, and only that', async () => {
  const world = new World({ seed: 1, flushTime: { minMs: 5, maxMs: 6 } });
  const a = world.startPlugin('a', courier, { id: 'courier', config: {} });
  await world.until(() => a.running, 'it runs');
  const log = a.store.log('out', LOG);
  await world.settle(a.store.commit((tx) => tx.append(log, 'kept')));
  let settled = false;
  const settle = () => {
    settled = true;
  };
  a.store.commit((tx) => tx.append(log, 'lost')).then(settle, settle);
  world.host('a').crash();
  await world.run(1_000);
  expect(settled).toBe(false);
  expect(a.state).toBe('crashed');
  world.host('a').restart();
  await world.until(() => a.running, 'it runs again');
  expect(a.lives).toBe(2);
  const after = a.store.log('out', LOG).read(0);
  expect(after.map((entry) => entry.value)).toEqual(['kept']);
});

test('every service of a dead process is inert', async () => {
  const { world, a, b } = await twoCouriers(2);
  const { store, link } = a;
  const context = world.host('a').plugin('courier').process;
  world.host('a').crash();
  const log = store.log('out', LOG);
  const before = a.disk.state.log('out').bounds().last;
  let outcome = 'none';
  store.commit((tx) => tx.append(log, 'ghost')).then(() => (outcome = 'committed'));
  link.request(echo, { host: 'b' }, 'ghost').then(
    () => (outcome = 'answered'),
    () => (outcome = 'refused'),
  );
  context.schedule(1, 'timer', () => (outcome = 'timer'));
  expect(link.beat({ name: 'pulse', codec: text }, { host: 'b' }, 'ghost')).toBe(false);
  await world.run(10_000);
  expect(outcome).toBe('none');
  expect(a.disk.state.log('out').bounds().last - before).toBeLessThanOrEqual(1);
  expect(received(b)).not.toContain('ghost');
});

test('a paused host answers late, once it goes on', async () => {
  const { world, a } = await twoCouriers(3);
  world.host('b').pause(1_500);
  const from = world.now;
  const answer = await world.settle(a.link.request(echo, { host: 'b' }, 'hello'));
  expect(answer).toBe('b: hello');
  expect(world.now - from).toBeGreaterThanOrEqual(1_500);
  expect(world.now - from).toBeLessThan(1_600);
});

test('peers learn of a crash at once, of a power cut by silence alone', async () => {
  for (const power of [false, true]) {
    const { world, a } = await twoCouriers(5);
    const up = () => a.link.peers().some((peer) => peer.up);
    await world.until(up, 'the link is up');
    await world.run(1_000);
    const from = world.now;
    world.host('b').crash({ power });
    await world.until(() => !up(), 'the link is down');
    if (power) expect(world.now - from).toBeGreaterThan(1_000);
    else expect(world.now - from).toBeLessThan(10);
  }
});

test('a cut in one direction breaks the link, a healed one brings it back', async () => {
  const { world, a } = await twoCouriers(6);
  const up = () => a.link.peers().some((peer) => peer.up);
  await world.until(up, 'the link is up');
  world.network.cut('b', 'a', { oneWay: true });
  await world.until(() => !up(), 'the link is down', 5_000);
  await world.run(5_000);
  expect(up()).toBe(false);
  world.network.heal('a', 'b');
  await world.until(up, 'the link is up again', 5_000);
});

test('clocks differ and jump, monotonic time does not', async () => {
  const world = new World({ seed: 1 });
  world.addHost('a', { clockOffsetMs: 60_000 });
  const contexts: PluginContext[] = [];
  const spy = definePlugin({
    setup: (ctx) => {
      contexts.push(ctx);
      return { start: () => undefined, stop: () => undefined, health: () => ({ state: 'ok' }) };
    },
  });
  for (const host of ['a', 'b']) world.startPlugin(host, spy, { id: 'spy', config: {} });
  await world.run(10);
  const [a, b] = contexts.sort((left) => (left.host.name === 'a' ? -1 : 1));
  if (a === undefined || b === undefined) throw new Error('two contexts');
  expect(a.clock.now() - b.clock.now()).toBe(60_000);
  const before = a.clock.monotonic();
  world.host('a').jumpClock(-3_600_000);
  expect(a.clock.now()).toBeLessThan(b.clock.now());
  await world.run(500);
  expect(a.clock.monotonic() - before).toBeCloseTo(500);
});

test('a full disk refuses commits and lets go of nothing', async () => {
  const { world, b } = await twoCouriers(7);
  const log = b.store.log('out', LOG);
  world.host('b').disk.fill();
  const refused = b.store.commit((tx) => tx.append(log, 'x'));
  await expect(world.settle(refused)).rejects.toMatchObject({ code: 'FT_STORE_DISK_FULL' });
  world.host('b').disk.free();
  expect(await world.settle(b.store.commit((tx) => tx.append(log, 'y')))).toBe(1);
});

test('a damaged record is reported when it is read', async () => {
  const { world, b } = await twoCouriers(8);
  const log = b.store.log('out', LOG);
  await world.settle(b.store.commit((tx) => tx.append(log, 'x')));
  expect(world.host('b').disk.corrupt('courier', 'out', 1)).toBe(true);
  expect(world.host('b').disk.corrupt('courier', 'out', 2)).toBe(false);
  expect(() => log.read(0)).toThrow(expect.objectContaining({ code: 'FT_STORE_CORRUPT' }));
});

test('a plugin stops in order: what it had committed is on disk', async () => {
  const { world, b } = await twoCouriers(9);
  const log = b.store.log('out', LOG);
  const commit = b.store.commit((tx) => tx.append(log, 'last'));
  await world.settle(world.host('b').stop());
  expect(await commit).toBe(1);
  expect(b.state).toBe('stopped');
  expect(b.disk.state.log('out').bounds().last).toBe(1);
});

test('commands are called, also with their output captured in the answer', async () => {
  const { world, a } = await twoCouriers(10);
  const { data } = await world.settle(a.command('status'));
  expect(data).toMatchObject({ host: 'a' });
  await expect(world.settle(a.command('nonsense'))).rejects.toThrow('nonsense');
});

test('a plugin that fails is told of and started again after a while', async () => {
  const world = new World({ seed: 1 });
  let lives = 0;
  const fragile = definePlugin({
    setup: (ctx) => {
      lives += 1;
      return {
        start: () => {
          if (lives === 1) throw new Error('not today');
          if (lives === 2) {
            ctx.clock.setTimer(5, () => {
              throw new Error('nobody catches this');
            });
          }
        },
        stop: () => undefined,
        health: () => ({ state: 'ok' }),
      };
    },
  });
  const plugin = world.startPlugin('a', fragile, { id: 'fragile', config: {} });
  await world.until(() => lives === 3 && plugin.running, 'the third life runs');
  expect(world.failures.map(({ error }) => String(error))).toEqual([
    'Error: not today',
    'Error: nobody catches this',
  ]);
});

test('spawned code runs beside the world; what it throws ends the run', async () => {
  const world = new World({ seed: 1 });
  const seen: number[] = [];
  world.spawn(async () => {
    for (let n = 0; n < 3; n += 1) {
      await world.sleep(10);
      seen.push(world.now);
    }
    throw new Error('spawned');
  });
  await expect(world.run(100)).rejects.toThrow('spawned');
  expect(seen).toEqual([10, 20, 30]);
});

test('what never comes is named', async () => {
  const world = new World({ seed: 1 });
  await expect(world.until(() => false, 'a miracle', 50)).rejects.toThrow('a miracle');
  expect(world.now).toBe(50);
});
