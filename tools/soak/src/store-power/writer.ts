/**
 * The writer whose disk is recorded: `writer.js STORE SOCKETS COMMITS SEED`.
 * Appends of many sizes, trimming, entries that come and go; what each commit
 * leaves follows from its number, see `contents.ts`. Prints the number of each
 * commit that resolved.
 */
import { writeSync } from 'node:fs';
import { openStore } from '@ftctl/store';
import { apply, openAll } from './contents.ts';

const [path = '', sockets = '', commits = '', seed = ''] = process.argv.slice(2);
/** One at a time, or several that share flushes. */
const MOST_IN_FLIGHT = 3;

const store = await openStore({ path, sockets, plugin: 'p' });
const things = openAll(store);
let next = 1;

async function commitOn(): Promise<void> {
  while (next <= Number(commits)) {
    const number = next;
    next += 1;
    await store.commit((tx) => apply(tx, things, number, Number(seed)));
    writeSync(1, `${number}\n`);
  }
}
await Promise.all(Array.from({ length: 1 + (Number(seed) % MOST_IN_FLIGHT) }, commitOn));
await store.close();
