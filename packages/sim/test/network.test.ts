import { definePlugin, text } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { type PathQuality, World } from '../src/index.ts';

const pulse = { name: 'pulse', codec: text };
const echo = { name: 'echo', question: text, answer: text };

/** Host b notes the beats of host a, and answers. */
async function listening(path: Partial<PathQuality>, seed = 1) {
  const world = new World({ seed, path });
  const heard: string[] = [];
  const node = definePlugin({
    setup: (ctx) => ({
      start: () => {
        ctx.link.onBeat(pulse, (value) => heard.push(value));
        ctx.link.serve(echo, (question) => question);
      },
      stop: () => undefined,
      health: () => ({ state: 'ok' }),
    }),
  });
  const a = world.startPlugin('a', node, { id: 'node', config: {} });
  const b = world.startPlugin('b', node, { id: 'node', config: {} });
  await world.until(() => a.running && b.running, 'both run');
  a.link.beat(pulse, { host: 'b' }, 'wake');
  await world.until(() => a.link.peers().some((peer) => peer.up), 'the link is up');
  return { world, a, heard };
}

async function hundredBeats(path: Partial<PathQuality>, seed?: number) {
  const { world, a, heard } = await listening(path, seed);
  const sent = Array.from({ length: 100 }, (_, n) => String(n));
  for (const beat of sent) a.link.beat(pulse, { host: 'b' }, beat);
  await world.run(5_000);
  return { sent, heard };
}

test('on a good network beats arrive, in order and once', async () => {
  const { sent, heard } = await hundredBeats({});
  expect(heard).toEqual(sent);
});

test('on a bad network beats are lost, doubled and overtake each other', async () => {
  const bad = { loss: 0.2, duplicate: 0.2, reorder: true, delayMs: [1, 100] as const };
  const { sent, heard } = await hundredBeats(bad);
  const distinct = new Set(heard);
  expect(distinct.size).toBeLessThan(sent.length);
  expect(distinct.size).toBeGreaterThan(50);
  expect(heard.length).toBeGreaterThan(distinct.size);
  expect(heard.map(Number)).not.toEqual(heard.map(Number).sort((left, right) => left - right));
});

test('a connection hides all that: a lost packet comes late', async () => {
  const { world, a } = await listening({ loss: 0.3, duplicate: 0.3, reorder: true });
  const questions = Array.from({ length: 50 }, (_, n) => String(n));
  const asked = questions.map((question) =>
    a.link.request(echo, { host: 'b' }, question, { timeoutMs: 60_000 }),
  );
  const from = world.now;
  expect(await world.settle(Promise.all(asked))).toEqual(questions);
  expect(world.now - from).toBeGreaterThan(200);
});

test('a silent cut shorter than the silence limit is only a delay', async () => {
  const { world, a } = await listening({});
  world.network.cut('a', 'b', { silent: true });
  const answer = a.link.request(echo, { host: 'b' }, 'patience');
  await world.run(1_000);
  world.network.heal('a', 'b');
  expect(await world.settle(answer)).toBe('patience');
  expect(a.link.peers().map((peer) => peer.up)).toEqual([true]);
});

test('after a cut with reset a request that was under way fails, one that waits goes through', async () => {
  const { world, a } = await listening({ delayMs: [50, 60] });
  const underWay = a.link.request(echo, { host: 'b' }, 'lost');
  world.network.cut('a', 'b');
  await expect(world.settle(underWay)).rejects.toMatchObject({ code: 'FT_LINK_DOWN' });
  const waiting = a.link.request(echo, { host: 'b' }, 'later');
  await world.run(1_000);
  world.network.heal();
  expect(await world.settle(waiting)).toBe('later');
});

test('what is on its way when a slow path is cut for a moment keeps its order', async () => {
  const world = new World({ seed: 1, path: { delayMs: [50, 150] } });
  const heard: number[] = [];
  const node = definePlugin({
    setup: (ctx) => ({
      start: () => ctx.link.serve(echo, (question) => String(heard.push(Number(question)))),
      stop: () => undefined,
      health: () => ({ state: 'ok' }),
    }),
  });
  const a = world.startPlugin('a', node, { id: 'node', config: {} });
  const b = world.startPlugin('b', node, { id: 'node', config: {} });
  await world.until(() => a.running && b.running, 'both run');
  const ask = (n: number) => a.link.request(echo, { host: 'b' }, String(n), { timeoutMs: 60_000 });
  await world.settle(ask(0));
  const asked: Promise<string>[] = [];
  world.after(200, () => world.network.cut('a', 'b', { silent: true }));
  world.after(600, () => world.network.heal('a', 'b'));
  for (let n = 1; n <= 100; n += 1) {
    asked.push(ask(n));
    await world.run(10);
  }
  await world.settle(Promise.all(asked));
  expect(heard).toEqual(Array.from({ length: 101 }, (_, n) => n));
});
