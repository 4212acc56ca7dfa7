// A process that holds a read transaction until it is killed.
import { open } from 'lmdb';

const [path] = process.argv.slice(2);
const db = open(path, {
  readOnly: true,
  keyEncoding: 'binary',
  encoding: 'binary',
  mapSize: 1 << 26,
});
const transaction = db.useReadTransaction();
db.resetReadTxn();
process.send('ready');
setInterval(() => transaction, 1_000);
