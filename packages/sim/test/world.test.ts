import { definePlugin, type PluginContext, text } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { World } from '../src/index.ts';

const facts = { name: 'facts', codec: text };
const LOG = { codec: text, limitBytes: 1_000_000, overflow: 'refuse' } as const;

interface Config {
  readonly to?: string;
}

/** Appends a record each 100 ms and ships them; takes what others ship. */
const courier = definePlugin<Config>({
  setup(ctx: PluginContext<Config>) {
    let n = 0;
    const out = ctx.store.log('out', LOG);
    const received = ctx.store.log('in', LOG);
    const tick = () => {
      n += 1;
      const value = `${ctx.random.id().slice(0, 6)}-${n}`;
      ctx.store
        .commit((tx) => tx.append(out, value))
        .then(
          () => ctx.log.info('appended', { value }),
          () => undefined,
        );
      ctx.clock.setTimer(100, tick);
    };
    return {
      start() {
        ctx.link.receive(facts, (tx, batch) => {
          for (const entry of batch.entries) tx.append(received, entry.value);
        });
        if (ctx.config.to === undefined) return;
        ctx.link.ship(facts, out, { host: ctx.config.to }, 'to');
        tick();
      },
      stop: () => undefined,
      health: () => ({ state: 'ok' }),
    };
  },
});

async function play(seed: number) {
  const world = new World({ seed });
  const a = world.startPlugin('a', courier, { id: 'courier', config: { to: 'b' } });
  const b = world.startPlugin('b', courier, { id: 'courier', config: {} });
  await world.until(() => a.running && b.running, 'both run');
  await world.run(3_000);
  world.host('b').crash();
  await world.run(1_000);
  world.host('b').restart();
  await world.run(3_000);
  world.host('a').pause(2_000);
  await world.run(10_000);
  world.network.cut('a', 'b', { silent: true });
  await world.run(10_000);
  world.network.heal();
  await world.run(10_000);
  world.host('a').crash();
  await world.run(10_000);
  world.host('a').restart();
  await world.run(10_000);
  const said = a.captured.lines.map((line) => line.fields.value);
  const got = b.store
    .log('in', LOG)
    .read(0)
    .map((entry) => entry.value);
  return { world, said, got, a, b };
}

test('a stream survives crashes, a pause and a silent cut', async () => {
  const { said, got } = await play(3);
  expect(said.filter((v) => !got.includes(v as string)).length).toBeLessThan(3);
  expect(new Set(got).size).toBe(got.length);
});
