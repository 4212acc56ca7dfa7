import { definePlugin } from '@ftctl/sdk';
import { type LinkHarness, type LinkHost, linkContract } from '@ftctl/sdk/contract';
import { test } from 'vitest';
import { noticeLimitMs, World } from '../src/index.ts';

const PLUGIN = 'subject';

/** Does nothing: the cases use its store and link. */
const idle = definePlugin({
  setup: () => ({
    start: () => undefined,
    stop: () => undefined,
    health: () => ({ state: 'ok' }),
  }),
});

function linkHarness(world: World): LinkHarness {
  const names = ['a', 'b', 'c'] as const;
  for (const name of names) world.startPlugin(name, idle, { id: PLUGIN, config: {} });
  const host = (name: LinkHost['name']): LinkHost => {
    const plugin = world.host(name).plugin(PLUGIN);
    if (!plugin.process.alive) throw new Error(`${name} is crashed`);
    return { name, plugin: PLUGIN, store: plugin.store, link: plugin.link };
  };
  return {
    clock: {
      now: () => world.now,
      monotonic: () => world.now,
      setTimer: (delayMs, run) => world.after(delayMs, run),
    },
    noticeLimitMs: noticeLimitMs(world.settings.link),
    host,
    crash: async (name) => world.host(name).crash(),
    start: async (name, store) => {
      if (store === 'new') world.host(name).disk.wipe(PLUGIN);
      world.host(name).restart();
      return host(name);
    },
    cut: async (one, other, how) => world.network.cut(one, other, { silent: how === 'silent' }),
    heal: async (one, other) => world.network.heal(one, other),
    until: async (what, limitMs, ready) => {
      for (const end = world.now + limitMs; !ready(); await world.sleep(1)) {
        if (world.now >= end) throw new Error(`not within ${limitMs} ms: ${what}`);
      }
    },
    within: (limitMs, work) => Promise.race([work, tooLate(world, limitMs)]),
  };
}

async function tooLate(world: World, limitMs: number): Promise<never> {
  await world.sleep(limitMs);
  throw new Error(`not settled within ${limitMs} ms`);
}

const paths = {
  'a good network': {},
  'a lossy, slow network': { loss: 0.05, delayMs: [1, 80] as const },
  'a narrow network': { bytesPerMs: 2_000 },
};

for (const { requirement, run } of linkContract) {
  for (const [name, path] of Object.entries(paths)) {
    test(`on ${name}: ${requirement}`, async () => {
      const world = new World({ seed: 1, path });
      await world.settle(run(linkHarness(world)), requirement, 120_000);
    });
  }
}
