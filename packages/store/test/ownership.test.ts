import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { text } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { seal } from '../src/checksum.ts';
import { dataFile, openLmdb } from '../src/env-lmdb.ts';
import { openStoreReader } from '../src/index.ts';
import { META_KEY } from '../src/keys.ts';
import { LMDB, openStore, openStoreWith } from '../src/open-store.ts';
import { type ProcessTable, systemProcesses } from '../src/process-identity.ts';
import { FakeProcesses, makeHome } from './lmdb-harness.ts';

function makePlace() {
  const home = makeHome();
  onTestFinished(() => home.remove());
  return { path: home.store('p'), plugin: 'p', sockets: home.sockets };
}

const openAs = (place: ReturnType<typeof makePlace>, processes: ProcessTable) =>
  openStoreWith(place, { ...LMDB, processes });

it('refuses a second writer and names the first, which goes on', async () => {
  const place = makePlace();
  const first = await openStore(place);
  await expect(openStore(place)).rejects.toMatchObject({
    code: 'FT_STORE_IN_USE',
    params: { pid: process.pid },
  });
  const table = first.table('t', text);
  await first.commit((tx) => tx.put(table, 'k', 'v'));
  expect(table.get('k')).toBe('v');
  await first.close();
  await (await openStore(place)).close();
});

it('takes over from a writer that is dead', async () => {
  const place = makePlace();
  const processes = new FakeProcesses();
  const dying = processes.start();
  const first = await openAs(place, dying);
  onTestFinished(() => first.abandon());
  await expect(openAs(place, processes.start())).rejects.toThrow('is open in process');
  processes.kill(dying);
  const second = await openAs(place, processes.start());
  await second.close();
});

it('does not take a process that reuses the pid for the writer', async () => {
  const place = makePlace();
  const { self } = systemProcesses();
  const before: ProcessTable = {
    self: { pid: self.pid, startTime: 'another time' },
    isAlive: () => false,
  };
  const first = await openAs(place, before);
  onTestFinished(() => first.abandon());
  await (await openStore(place)).close();
});

it('knows itself and its parent as alive, and an ended process as dead', () => {
  const { self, isAlive } = systemProcesses();
  expect(isAlive(self)).toBe(true);
  expect(isAlive({ ...self, startTime: 'another time' })).toBe(false);
  const beyondAllPids = 2 ** 22 + 1;
  expect(isAlive({ pid: beyondAllPids, startTime: 'whenever' })).toBe(false);
});

it('leaves a store of a newer version as it is', async () => {
  const place = makePlace();
  await (await openStore(place)).close();
  const env = openLmdb(place.path, { readOnly: false });
  const head = Buffer.from(JSON.stringify({ format: 2, incarnation: '0'.repeat(32) }));
  await env.write([{ key: META_KEY, value: seal(META_KEY, head) }]);
  await env.close();
  await expect(openStore(place)).rejects.toMatchObject({
    code: 'FT_STORE_NEWER',
    params: { found: 2, known: 1 },
  });
});

it('refuses a file that is no store, or only the start of one', async () => {
  const place = makePlace();
  const store = await openStore(place);
  const log = store.log('box', { codec: text, limitBytes: 1_000_000, overflow: 'refuse' });
  await store.commit((tx) => {
    for (let count = 0; count < 20; count += 1) tx.append(log, 'x'.repeat(20_000));
  });
  await store.close();
  const whole = readFileSync(dataFile(place.path));
  const broken = [Buffer.alloc(8192, 'no store'), Buffer.alloc(100, 'no store')];
  for (const length of [100, 5_000, 8_192, 12_288]) broken.push(whole.subarray(0, length));
  for (const content of broken) {
    writeFileSync(dataFile(place.path), content);
    await expect(openStore(place)).rejects.toMatchObject({ code: 'FT_STORE_CORRUPT' });
    expect(() => openStoreReader({ path: place.path })).toThrow('is damaged on disk');
  }
  writeFileSync(dataFile(place.path), whole);
  await (await openStore(place)).close();
});

it('says what is wrong with a folder that cannot be made', async () => {
  const place = makePlace();
  mkdirSync(place.sockets, { recursive: true });
  writeFileSync(`${place.sockets}/file`, '');
  const opened = openStore({ ...place, path: `${place.sockets}/file/p` });
  await expect(opened).rejects.toMatchObject({ code: 'FT_STORE_FAILED' });
  await expect(opened).rejects.toThrow(/could not be opened: ENOTDIR/);
});
