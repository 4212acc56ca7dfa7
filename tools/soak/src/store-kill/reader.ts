/**
 * A plugin that reads the publisher's topic: `reader.js STORE SOCKETS ID`. Tells
 * what it has seen, and the publisher that it needs it no more.
 */
import { text } from '@ftctl/sdk';
import { openStore } from '@ftctl/store';
import { chained, LOG, PUBLISHER } from './protocol.ts';

const [path = '', sockets = '', plugin = ''] = process.argv.slice(2);
const store = await openStore({ path, sockets, plugin });
const topic = await store.topic(PUBLISHER, LOG, text);
let seq = 0;
let sum = 0;

function readOn(): void {
  const before = seq;
  for (;;) {
    const entries = topic.read(seq);
    if (entries.length === 0) break;
    for (const entry of entries) {
      if (entry.seq !== seq + 1) throw new Error(`record ${entry.seq} came after ${seq}`);
      sum = chained(sum, entry.seq, entry.value);
      seq = entry.seq;
    }
  }
  if (seq === before) return;
  process.send?.({ seq, sum });
  // It settles once a publisher has it on disk; there may be none for a while.
  void topic.report(seq);
}

topic.onAppend(readOn);
process.on('message', () => {
  readOn();
  process.send?.({ seq, sum, asked: true });
});
// The parent is gone.
process.on('disconnect', () => process.exit());
process.send?.({ seq, sum, asked: true });
