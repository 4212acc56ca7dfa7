// A plugin's process that writes without end: each commit appends some records,
// and says the same in a table and a counter. Once it resolved, the number of
// its last record is printed.
import { writeSync } from 'node:fs';
import { openStore } from '../../dist/index.js';

const [path, sockets] = process.argv.slice(2);
const text = {
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};

const store = await openStore({ path, sockets, plugin: 'publisher' });
const log = store.log('events', {
  codec: text,
  limitBytes: 1_000_000_000,
  overflow: 'refuse',
  topic: true,
});
const table = store.table('state', text);
const counters = store.counters('marks');

async function write() {
  const last = await store.commit((tx) => {
    const count = 1 + Math.floor(Math.random() * 20);
    let seq = 0;
    for (let done = 0; done < count; done += 1) {
      seq = tx.append(log, `record ${tx.bounds(log).last + 1} ${'x'.repeat(done * 20)}`);
    }
    tx.put(table, 'last', String(seq));
    tx.setMark(counters, 'last', seq);
    return seq;
  });
  writeSync(1, `${last}\n`);
}

/** Several commits are under way at any time, so that a kill meets some of them. */
async function writeOn() {
  for (;;) await write();
}
await Promise.all([writeOn(), writeOn(), writeOn()]);
