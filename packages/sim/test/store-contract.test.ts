import { type OpenOptions, type StoreHarness, storeContract } from '@ftctl/sdk/contract';
import { test } from 'vitest';
import { SimProcess, SimStore, World } from '../src/index.ts';

/** Stores of one simulated host, opened one life after another. */
function storeHarness(world: World): StoreHarness {
  const { disk } = world.addHost('a');
  let lives = 0;
  const open = async ({ plugin = 'subject', limits = {} }: OpenOptions = {}) => {
    lives += 1;
    const process = new SimProcess({
      host: 'a',
      plugin,
      life: lives,
      scheduler: world.scheduler,
      onUncaught: (_process, error) => {
        throw error;
      },
    });
    const store = new SimStore(process, disk, limits);
    return {
      store,
      close: () => store.close(),
      crash: async () => {
        process.die();
        disk.release();
        disk.free();
      },
      holdFlushes: () => disk.hold(),
      releaseFlushes: () => disk.release(),
      fillDisk: () => disk.fill(),
      freeDisk: () => disk.free(),
    };
  };
  return {
    open,
    damage: async (plugin, bytes) => {
      if (disk.corruptBytes(plugin, bytes) === 0) throw new Error('these bytes are nowhere');
    },
    restore: async (plugin) => {
      const backup = disk.backUp(plugin);
      if (backup === undefined) throw new Error('there is nothing to back up');
      disk.restore(plugin, backup);
    },
  };
}

for (const { requirement, run } of storeContract) {
  for (const seed of [1, 2]) {
    test(`seed ${seed}: ${requirement}`, async () => {
      const world = new World({ seed });
      await world.settle(run(storeHarness(world)), requirement);
    });
  }
}
