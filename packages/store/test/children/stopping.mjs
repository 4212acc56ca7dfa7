// A plugin's process that publishes, and then stops in the middle of a commit:
// LMDB's write transaction is open, and its lock held.
import { open } from 'lmdb';
import { openStore } from '../../dist/index.js';

const [path, sockets] = process.argv.slice(2);
const text = {
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};
const store = await openStore({ path, sockets, plugin: 'publisher' });
const log = store.log('events', {
  codec: text,
  limitBytes: 1_000_000,
  overflow: 'refuse',
  topic: true,
});
for (let count = 1; count <= 100; count += 1) {
  await store.commit((tx) => tx.append(log, `record ${count}`));
}
// The same environment once more, as it has no other way to be stopped there for sure.
const db = open(path, { keyEncoding: 'binary', encoding: 'binary', overlappingSync: false });
process.send('ready');
process.once('message', () => {
  db.transactionSync(() => {
    db.put(Buffer.from([9, 1, 120]), Buffer.from('half'));
    process.send('stopped', () => process.kill(process.pid, 'SIGSTOP'));
    // Blocks until it goes on: the signal may take a moment.
    process.kill(process.pid, 'SIGSTOP');
    return Promise.reject(new Error('taken back')).catch(() => undefined);
  });
});
