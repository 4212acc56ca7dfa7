import { type LogEntry, type Topic, text } from '@ftctl/sdk';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { openStore, openStoreReader } from '../src/index.ts';
import { buildStore, startWriter } from './children.ts';
import { type Home, makeHome } from './lmdb-harness.ts';

const KILLS = 20;
const LONGEST_LIFE_MS = 200;

beforeAll(() => buildStore());

function newHome(): Home {
  const home = makeHome();
  onTestFinished(() => home.remove());
  return home;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads a topic as it grows, and keeps all that it saw. */
function follow(topic: Topic<string>) {
  const seen: LogEntry<string>[] = [];
  const readOn = () => {
    for (;;) {
      const entries = topic.read(seen.length);
      if (entries.length === 0) return;
      seen.push(...entries);
    }
  };
  onTestFinished(topic.onAppend(readOn));
  return { seen, readOn };
}

/** All records of the publisher's store, after it died. */
function onDisk(home: Home) {
  const reader = openStoreReader({ path: home.store('publisher') });
  try {
    const log = reader.log('events', { codec: text, limitBytes: 1, overflow: 'refuse' });
    const options = { maxRecords: 10_000_000, maxBytes: 1_000_000_000 };
    return {
      records: log.read(0, options),
      last: log.bounds().last,
      table: Number(reader.table('state', text).get('last')),
      mark: reader.counters('marks').mark('last'),
    };
  } finally {
    reader.close();
  }
}

it(`keeps what was acknowledged through ${KILLS} kills, while another process reads`, async () => {
  const home = newHome();
  const reader = await openStore({
    path: home.store('reader'),
    plugin: 'reader',
    sockets: home.sockets,
  });
  onTestFinished(() => reader.close());
  let following: ReturnType<typeof follow> | undefined;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const writer = startWriter(home);
    await writer.moreAcknowledged();
    following ??= follow(await reader.topic('publisher', 'events', text));
    await sleep(Math.random() * LONGEST_LIFE_MS);
    await writer.kill();
    following.readOn();

    const { records, last, table, mark } = onDisk(home);
    expect(last).toBeGreaterThanOrEqual(writer.acknowledged());
    expect([table, mark]).toEqual([last, last]);
    expect(records).toHaveLength(last);
    const wrong = records.find(
      ({ seq, value }, index) => seq !== index + 1 || !value.startsWith(`record ${seq} `),
    );
    expect(wrong).toBeUndefined();
    expect(following.seen).toEqual(records);
  }
});

it('refuses a second writer, also while the first is stopped, until that one is dead', async () => {
  const home = newHome();
  const writer = startWriter(home);
  await writer.moreAcknowledged();
  const place = { path: home.store('publisher'), plugin: 'publisher', sockets: home.sockets };
  const refused = { code: 'FT_STORE_IN_USE', params: { pid: writer.pid } };
  await expect(openStore(place)).rejects.toMatchObject(refused);
  writer.signal('SIGSTOP');
  await expect(openStore(place)).rejects.toMatchObject(refused);
  writer.signal('SIGCONT');
  await writer.moreAcknowledged();
  await writer.kill();
  await (await openStore(place)).close();
});
