import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { text } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { dataFile } from '../src/env-lmdb.ts';
import {
  backupStore,
  checkStore,
  compactStore,
  type OpenStore,
  openStore,
  openStoreReader,
  restoreStore,
} from '../src/index.ts';
import { makeHome } from './lmdb-harness.ts';

const BOX = { codec: text, limitBytes: 50_000_000, overflow: 'refuse', topic: true } as const;

function makePlace() {
  const home = makeHome();
  onTestFinished(() => home.remove());
  const path = home.store('publisher');
  const folder = `${home.folder}/backup`;
  return {
    home,
    path,
    folder,
    open: () => openStore({ path, plugin: 'publisher', sockets: home.sockets }),
    backup: () => backupStore({ path, plugin: 'publisher', host: 'a', folder, version: '0.0.0' }),
    restore: () => restoreStore({ path, plugin: 'publisher', folder }),
  };
}

const append = (store: OpenStore, ...values: string[]) =>
  store.commit((tx) => {
    const log = store.log('box', BOX);
    for (const value of values) tx.append(log, value);
    tx.put(store.table('state', text), 'last', String(tx.bounds(log).last));
  });

/** What stands in a store, whoever has it open. */
function look(path: string) {
  const reader = openStoreReader({ path });
  try {
    return {
      last: reader.log('box', BOX).bounds().last,
      entry: Number(reader.table('state', text).get('last')),
    };
  } finally {
    reader.close();
  }
}

it('a backup taken while the plugin writes is one state, with all that was acknowledged', async () => {
  const place = makePlace();
  const store = await place.open();
  onTestFinished(() => store.close());
  await append(store, 'x'.repeat(1_000_000));
  let writing = true;
  let acknowledged = 0;
  const writer = (async () => {
    while (writing) {
      await append(store, 'y'.repeat(5_000));
      acknowledged = store.log('box', BOX).bounds().last;
    }
  })();
  await expect.poll(() => acknowledged).toBeGreaterThan(3);
  const before = acknowledged;
  const manifest = await place.backup();
  writing = false;
  await writer;
  expect(manifest).toMatchObject({ incarnation: store.incarnation, plugin: 'publisher' });
  expect(readdirSync(place.folder).toSorted()).toEqual(['backup.json', 'data.mdb']);
  const copy = look(place.folder);
  expect(copy.last).toBeGreaterThanOrEqual(before);
  expect(copy.entry).toBe(copy.last);
  expect(manifest.records).toBe(copy.last);
  expect(statSync(dataFile(place.folder)).mode & 0o777).toBe(0o600);
  await expect(place.backup()).rejects.toMatchObject({ code: 'FT_STORE_BACKUP_PLACE' });
});

it('a store that is open is neither restored nor compacted, and its owner is named', async () => {
  const place = makePlace();
  const store = await place.open();
  onTestFinished(() => store.close());
  await append(store, 'a');
  await place.backup();
  const refused = { code: 'FT_STORE_IN_USE', params: { pid: process.pid } };
  await expect(place.restore()).rejects.toMatchObject(refused);
  await expect(compactStore(place)).rejects.toMatchObject(refused);
  await append(store, 'b');
  expect(look(place.path).last).toBe(2);
});

it('a damaged store is replaced as well, and kept aside', async () => {
  const place = makePlace();
  const store = await place.open();
  await append(store, 'a');
  await store.close();
  await place.backup();
  const content = readFileSync(dataFile(place.path));
  writeFileSync(dataFile(place.path), content.fill(0xff, 8_192));
  await expect(place.open()).rejects.toMatchObject({ code: 'FT_STORE_CORRUPT' });
  const { replaced } = await place.restore();
  expect(existsSync(dataFile(replaced ?? ''))).toBe(true);
  expect(look(place.path).last).toBe(1);
});

it('a backup that is not what its manifest says is refused, and nothing is touched', async () => {
  const place = makePlace();
  const store = await place.open();
  await append(store, 'a');
  await store.close();
  await place.backup();
  const manifest = JSON.parse(readFileSync(`${place.folder}/backup.json`, 'utf8'));
  const spoiled = [
    [{ ...manifest, bytes: 1 }, 'FT_STORE_BACKUP'],
    [{ ...manifest, sha256: '0'.repeat(64) }, 'FT_STORE_BACKUP'],
    [{ ...manifest, plugin: 'other' }, 'FT_STORE_BACKUP'],
    [{ ...manifest, takenAt: 'once' }, 'FT_STORE_BACKUP'],
    [{}, 'FT_STORE_BACKUP'],
    [{ ...manifest, storeFormat: 99 }, 'FT_STORE_NEWER'],
    [{ ...manifest, backupFormat: 2 }, 'FT_STORE_NEWER'],
  ] as const;
  for (const [wrong, code] of spoiled) {
    writeFileSync(`${place.folder}/backup.json`, JSON.stringify(wrong));
    await expect(place.restore()).rejects.toMatchObject({ code });
  }
  expect(existsSync(`${place.path}.replaced`)).toBe(false);
  await (await place.open()).close();
});

it('a swap that a crash has cut in the middle is ended at the next opening', async () => {
  const place = makePlace();
  const store = await place.open();
  await append(store, 'a', 'b');
  await store.close();
  // The present store was moved aside, and the complete new one not yet into its place.
  renameSync(place.path, `${place.path}.incoming`);
  const again = await place.open();
  expect(again.log('box', BOX).bounds().last).toBe(2);
  await again.close();
  // Before that nothing has changed: what was made beside it does not count.
  mkdirSync(`${place.path}.staging`);
  await (await place.open()).close();
  expect(look(place.path).last).toBe(2);
});

it('a reader of a topic begins again when its publisher was restored', async () => {
  const place = makePlace();
  const first = await place.open();
  await append(first, 'a', 'b');
  await place.backup();
  await append(first, 'c');
  const { sockets } = place.home;
  const reader = await openStore({ path: place.home.store('reader'), plugin: 'reader', sockets });
  onTestFinished(() => reader.close());
  const topic = await reader.topic('publisher', 'box', text);
  expect(topic.bounds().last).toBe(3);
  await topic.report(1);
  await first.close();

  const told = new Promise<void>((resolve) => {
    const stop = topic.onAppend(() => {
      if (topic.incarnation() === first.incarnation) return;
      stop();
      resolve();
    });
  });
  const { incarnation } = await place.restore();
  const second = await place.open();
  onTestFinished(() => second.close());
  second.log('box', BOX);
  await append(second, 'another');
  await told;
  expect(topic.incarnation()).toBe(incarnation);
  expect(topic.read(2)).toEqual([{ seq: 3, value: 'another' }]);
});

it('compacting gives room back and keeps the history', async () => {
  const place = makePlace();
  const store = await place.open();
  const log = store.log('box', BOX);
  for (let count = 0; count < 20; count += 1) await append(store, 'x'.repeat(200_000));
  await store.commit((tx) => tx.trim(log, 19));
  await append(store, 'last');
  const { incarnation } = store;
  await store.close();
  const { bytesBefore, bytesAfter } = await compactStore(place);
  expect(bytesAfter).toBeLessThan(bytesBefore / 4);
  expect(await checkStore({ path: place.path })).toMatchObject({ damaged: 0, incarnation });
  const again = await place.open();
  expect(again.log('box', BOX).bounds()).toMatchObject({ first: 20, last: 21 });
  await append(again, 'goes on');
  await again.close();
});
