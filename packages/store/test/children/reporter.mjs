// A plugin's process that reads a topic record by record, and reports each.
import { openStore } from '../../dist/index.js';

const [path, sockets, plugin, upTo] = process.argv.slice(2);
const text = {
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};
const store = await openStore({ path, sockets, plugin });
const topic = await store.topic('publisher', 'events', text);
let seq = 0;
let reports = 0;
process.send('ready');

async function readOn() {
  for (const entry of topic.read(seq, { maxRecords: 1 })) {
    seq = entry.seq;
    reports += 1;
    await topic.report(seq);
  }
  if (seq < Number(upTo)) setImmediate(readOn);
  else process.send({ reports });
}
process.once('message', () => void readOn());
