import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { text } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { dataFile } from '../src/env-lmdb.ts';
import { checkStore, compactStore, openStore, openStoreReader } from '../src/index.ts';
import { markerFile } from '../src/marker.ts';
import { makeHome } from './lmdb-harness.ts';

function makePlace() {
  const home = makeHome();
  onTestFinished(() => home.remove());
  return { path: home.store('p'), plugin: 'p', sockets: home.sockets };
}

/** A store with some of everything, closed. */
async function written() {
  const place = makePlace();
  const store = await openStore(place);
  const log = store.log('box', { codec: text, limitBytes: 10_000_000, overflow: 'refuse' });
  const table = store.table('state', text);
  for (let number = 0; number < 20; number += 1) {
    await store.commit((tx) => {
      tx.append(log, 'x'.repeat(number * 1_000));
      for (let key = 0; key < 20; key += 1) tx.put(table, `key-${number}-${key}`, 'v'.repeat(100));
    });
  }
  await store.close();
  return place;
}

it('an emptied or missing file is refused, not begun anew', async () => {
  for (const spoil of [(file: string) => truncateSync(file, 0), (file: string) => rmSync(file)]) {
    const place = await written();
    spoil(dataFile(place.path));
    const refused = { code: 'FT_STORE_CORRUPT', params: { what: dataFile(place.path) } };
    await expect(openStore(place)).rejects.toMatchObject(refused);
    await expect(checkStore(place)).rejects.toMatchObject(refused);
    await expect(compactStore(place)).rejects.toMatchObject(refused);
    expect(() => openStoreReader(place)).toThrow('missing or empty, though a store was made here');
    // As it says: to begin anew, the folder is moved away.
    renameSync(place.path, `${place.path}-away`);
    await (await openStore(place)).close();
  }
});

it('a file whose making was cut short is made anew', async () => {
  const place = makePlace();
  mkdirSync(place.path, { recursive: true });
  writeFileSync(dataFile(place.path), Buffer.alloc(4_096));
  await (await openStore(place)).close();
  expect(existsSync(`${dataFile(place.path)}.unfinished`)).toBe(true);
  expect(existsSync(markerFile(place.path))).toBe(true);
});

it('a page of a tree that is damaged is named with what it holds', async () => {
  const place = await written();
  const content = readFileSync(dataFile(place.path));
  const leaf = pageWith(content, 'key-7-7');
  content.writeUInt16LE(0xffff, leaf + 24);
  writeFileSync(dataFile(place.path), content);
  await expect(openStore(place)).rejects.toThrow(/page \d+ of .*data.mdb, which holds .* damaged/);
  const { damage } = await checkStore(place);
  expect(damage[0]?.what).toMatch(/which holds all from entry key-\S+ of table state on/);
  expect(damage[0]?.why).toBe('an entry of it lies outside');
});

it('heads that are not of one history are refused: an older state would come up in silence', async () => {
  const place = await written();
  const content = readFileSync(dataFile(place.path));
  const [first, second] = [content.readBigUInt64LE(152), content.readBigUInt64LE(4096 + 152)];
  const at = first < second ? 152 : 4096 + 152;
  content.writeBigUInt64LE(content.readBigUInt64LE(at) + 1024n, at);
  writeFileSync(dataFile(place.path), content);
  await expect(openStore(place)).rejects.toThrow('its heads are not of one history');
});

it('an entry whose key is damaged is not taken for one that was never there', async () => {
  const place = await written();
  const content = readFileSync(dataFile(place.path));
  for (let at = content.indexOf('key-7-7'); at !== -1; at = content.indexOf('key-7-7', at + 1)) {
    content.write('key-7-6x'.slice(7), at + 7); // the value's format, so that the sum does not fit
    content.write('7-77'.slice(3), at + 6);
  }
  writeFileSync(dataFile(place.path), content);
  const store = await openStore(place);
  onTestFinished(() => store.close());
  const table = store.table('state', text);
  expect(() => table.get('never')).toThrow(/entry never of table state is damaged.*not found/);
  expect(table.get('key-7-8')).toBe('v'.repeat(100));
});

it('passes a store of many transactions, whose numbers are keys in the list of free pages', async () => {
  const place = makePlace();
  const store = await openStore(place);
  const table = store.table('state', text);
  // Numbers of 64 bits in this machine's order: 256 stands behind 255 and not before 2.
  for (let number = 0; number < 270; number += 1) {
    await store.commit((tx) => tx.put(table, 'key', 'x'.repeat(number)));
    if (number > 250) expect(await checkStore(place)).toMatchObject({ damaged: 0 });
  }
  await store.close();
  await (await openStore(place)).close();
});

/** Start of the newest page that holds some bytes. */
function pageWith(content: Buffer, part: string): number {
  let found = -1;
  let newest = -1n;
  for (let at = content.indexOf(part); at !== -1; at = content.indexOf(part, at + 1)) {
    const page = at - (at % 4096);
    const transaction = content.readBigUInt64LE(page + 8);
    if (transaction > newest) [found, newest] = [page, transaction];
  }
  return found;
}
