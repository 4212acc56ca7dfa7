import { definePlugin, json, type LogOptions, text } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { inject, noticeLimitMs, World } from '../src/index.ts';

const pulse = { name: 'pulse', codec: text };
const echo = { name: 'echo', question: text, answer: text };
const facts = { name: 'facts', codec: json<string>('fact', (value) => value as string) };
const LOG: LogOptions<string> = { codec: facts.codec, limitBytes: 5_000_000, overflow: 'refuse' };

/** Hosts a, b and c; each answers, notes the beats it hears and takes what is shipped. */
async function threeHosts(seed = 1) {
  const world = new World({ seed });
  const heard: string[] = [];
  const node = definePlugin({
    setup: (ctx) => {
      const log = ctx.store.log('in', LOG);
      return {
        start: () => {
          ctx.link.onBeat(pulse, (value) => heard.push(value));
          ctx.link.serve(echo, (question) => question);
          ctx.link.receive(facts, (tx, batch) => {
            for (const { value } of batch.entries) tx.append(log, value);
          });
        },
        stop: () => undefined,
        health: () => ({ state: 'ok' }),
      };
    },
  });
  const start = (host: string) => world.startPlugin(host, node, { id: 'node', config: {} });
  const [a, b, c] = [start('a'), start('b'), start('c')];
  await world.until(() => a.running && b.running && c.running, 'all run');
  for (const host of ['b', 'c']) a.link.beat(pulse, { host }, 'wake');
  const up = (host: string) => a.link.peers().some((peer) => peer.host === host && peer.up);
  await world.until(() => up('b') && up('c'), 'the links are up');
  /** How long an answer takes. */
  const ask = async (host: string, timeoutMs = 20_000) => {
    const from = world.now;
    await world.settle(a.link.request(echo, { host }, 'x', { timeoutMs }));
    return world.now - from;
  };
  return { world, a, b, up, ask, heard };
}

test('one path is bad, the others are not', async () => {
  const { world, ask } = await threeHosts();
  const fault = { kind: 'bad-path', one: 'a', other: 'b', oneWay: false } as const;
  inject(world, { ...fault, atMs: 0, forMs: 10_000, loss: 0, duplicate: 0, delayMs: 300 });
  let [slow, good] = [0, 0];
  for (let count = 0; count < 10; count += 1) {
    slow += await ask('b');
    good += await ask('c');
  }
  expect(slow / 10).toBeGreaterThan(150);
  expect(good / 10).toBeLessThan(5);
  await world.run(10_000);
  expect(await ask('b')).toBeLessThan(5);
});

test('one direction is slow: questions arrive late, answers come at once', async () => {
  const { world, a, heard } = await threeHosts();
  world.network.setQuality({ delayMs: [100, 101] }, 'a', 'b', { oneWay: true });
  const from = world.now;
  a.link.beat(pulse, { host: 'b' }, 'late');
  await world.until(() => heard.includes('late'), 'the beat is heard');
  expect(world.now - from).toBeGreaterThanOrEqual(100);
  const asked = world.now;
  await world.settle(a.link.request(echo, { host: 'b' }, 'x'));
  // There takes 100 ms, back at most 2.
  expect(world.now - asked).toBeGreaterThanOrEqual(100);
  expect(world.now - asked).toBeLessThan(104);
});

test('through a narrow path bytes take their time, and what comes behind waits for them', async () => {
  const { world, a, b } = await threeHosts();
  const log = a.store.log('out', LOG);
  await world.settle(
    a.store.commit((tx) => {
      for (let n = 0; n < 20; n += 1) tx.append(log, 'x'.repeat(1_000));
    }),
  );
  inject(world, {
    kind: 'narrow-path',
    atMs: 0,
    one: 'a',
    other: 'b',
    forMs: 5_000,
    bytesPerMs: 20,
  });
  const from = world.now;
  a.link.ship(facts, log, { host: 'b' }, 'to-b');
  await world.run(100);
  let answeredAt = 0;
  a.link.request(echo, { host: 'b' }, 'behind').then(() => {
    answeredAt = world.now;
  });
  await world.until(() => b.disk.state.log('in').bounds().last === 20, 'all have arrived');
  // 20,000 bytes at 20 bytes in a millisecond.
  expect(world.now - from).toBeGreaterThan(1_000);
  expect(world.now - from).toBeLessThan(1_300);
  await world.run(1_000);
  expect(answeredAt - from).toBeGreaterThan(900);
});

test('beats into a narrow path that is full are lost, the rest arrives', async () => {
  const { world, a, heard } = await threeHosts();
  world.network.setQuality({ bytesPerMs: 2 }, 'a', 'b');
  for (let n = 0; n < 100; n += 1) a.link.beat(pulse, { host: 'b' }, `beat ${n}`);
  await world.run(5_000);
  const arrived = heard.filter((beat) => beat.startsWith('beat')).length;
  expect(arrived).toBeGreaterThan(5);
  expect(arrived).toBeLessThan(50);
});

test('a connection that stands still too long is given up, and a new one gets through', async () => {
  const { world, a, up, ask } = await threeHosts();
  inject(world, { kind: 'stall', atMs: 0, one: 'a', other: 'b', forMs: 60_000 });
  const from = world.now;
  const lost = a.link.request(echo, { host: 'b' }, 'lost', { timeoutMs: 30_000 });
  await expect(world.settle(lost)).rejects.toMatchObject({ code: 'FT_LINK_DOWN' });
  expect(world.now - from).toBeGreaterThan(1_000);
  expect(world.now - from).toBeLessThanOrEqual(noticeLimitMs(world.settings.link) + 10);
  expect(up('c')).toBe(true);
  await world.until(() => up('b'), 'it is up again', 1_000);
  expect(await ask('b')).toBeLessThan(5);
});

test('one that stands still for less than that goes on as if nothing had been', async () => {
  const { world, a, up } = await threeHosts();
  inject(world, { kind: 'stall', atMs: 0, one: 'a', other: 'b', forMs: 800 });
  const answer = a.link.request(echo, { host: 'b' }, 'patience');
  await world.run(700);
  expect(up('b')).toBe(true);
  expect(await world.settle(answer)).toBe('patience');
});

test('a host that refuses new connections keeps the old ones', async () => {
  const { world, b, up, ask } = await threeHosts();
  inject(world, { kind: 'refuse', atMs: 0, host: 'b', forMs: 5_000 });
  expect(await ask('b')).toBeLessThan(5);
  world.network.reset('b');
  await world.run(3_000);
  expect(up('b')).toBe(false);
  expect(b.running).toBe(true);
  await world.run(2_000);
  await world.until(() => up('b'), 'it is up again', 5_000);
});

test('in a storm of resets the link comes back each time, and slows its dialling down', async () => {
  const { world, up } = await threeHosts();
  const resets = () => world.history.of('net.reset').length;
  inject(world, { kind: 'reset-storm', atMs: 0, host: 'b', everyMs: 10, forMs: 5_000 });
  let times = 0;
  let wasUp = true;
  while (world.now < 4_900) {
    await world.run(1);
    if (up('b') && !wasUp) times += 1;
    wasUp = up('b');
  }
  expect(resets()).toBeGreaterThan(400);
  expect(times).toBeGreaterThan(2);
  // Dialling again at once would have brought it up a hundred times in a second.
  expect(times).toBeLessThan(30);
  await world.run(3_000);
  expect(up('b')).toBe(true);
});

test('after a power cut the other side is half open, until the machine is back and says so', async () => {
  const { world, up } = await threeHosts();
  world.host('b').crash({ power: true });
  await world.run(500);
  expect(up('b')).toBe(true);
  world.host('b').restart();
  const from = world.now;
  await world.until(() => !up('b'), 'the dead connection is noticed', 1_000);
  // By the next ping, long before the limit of silence.
  expect(world.now - from).toBeLessThan(world.settings.link.heartbeatMs + 10);
  await world.until(() => up('b'), 'a new one is up', 1_000);
});

test('a message that takes longer than the silence limit to come in is a sign of life', async () => {
  const { world, a, b, up } = await threeHosts();
  world.network.setQuality({ bytesPerMs: 10 }, 'a', 'b');
  // 30,000 bytes take 3 s, longer than b bears silence; a bears it, since it waits for pongs alone.
  const log = a.store.log('out', LOG);
  await world.settle(a.store.commit((tx) => tx.append(log, 'x'.repeat(20_000))));
  const shipment = a.link.ship(facts, log, { host: 'b' }, 'to-b');
  await world.until(() => shipment.status().delivered === 1, 'it is delivered', 5_000);
  expect(b.disk.state.log('in').bounds().last).toBe(1);
  expect(up('b')).toBe(true);
});

test('a connection that ends leaves its place in a narrow path to others', async () => {
  const { world, a } = await threeHosts();
  const log = a.store.log('out', LOG);
  await world.settle(
    a.store.commit((tx) => {
      for (let n = 0; n < 40; n += 1) tx.append(log, 'x'.repeat(1_000));
    }),
  );
  world.network.setQuality({ bytesPerMs: 20 }, 'a', 'b');
  const shipment = a.link.ship(facts, log, { host: 'b' }, 'to-b');
  await world.run(50);
  shipment.stop();
  world.network.reset('b');
  const from = world.now;
  await world.settle(a.link.request(echo, { host: 'b' }, 'x'));
  // The 40,000 bytes that were on their way would have taken two seconds.
  expect(world.now - from).toBeLessThan(500);
});
