/**
 * A plugin that writes without end: `writer.js STORE SOCKETS LIFE`. Each commit
 * appends some records and says the same in a table and a counter. Once it
 * resolved, the number of its last record is printed.
 */
import { writeSync } from 'node:fs';
import { text } from '@ftctl/sdk';
import { openStore } from '@ftctl/store';
import { EVENTS, LOG, PUBLISHER } from './protocol.ts';

const [path = '', sockets = '', life = ''] = process.argv.slice(2);
const WRITERS = 3;
const MOST_RECORDS = 20;

const store = await openStore({ path, sockets, plugin: PUBLISHER });
const log = store.log(LOG, EVENTS);
const table = store.table('state', text);
const counters = store.counters('marks');

async function write(): Promise<void> {
  const last = await store.commit((tx) => {
    const count = 1 + Math.floor(Math.random() * MOST_RECORDS);
    let seq = 0;
    for (let done = 0; done < count; done += 1) {
      const filling = 'x'.repeat(Math.floor(Math.random() * 2_000));
      seq = tx.append(log, `life ${life} record ${tx.bounds(log).last + 1} ${filling}`);
    }
    tx.put(table, 'last', String(seq));
    tx.setMark(counters, 'last', seq);
    return seq;
  });
  writeSync(1, `${last}\n`);
}

/** Several commits are under way at any time, so that a kill meets some of them. */
async function writeOn(): Promise<never> {
  for (;;) await write();
}
await Promise.all(Array.from({ length: WRITERS }, writeOn));
