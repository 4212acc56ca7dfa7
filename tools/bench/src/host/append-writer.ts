/**
 * A writer process of `append-vs-raw`: `append-writer.js SIDE FOLDER`. Tells its
 * parent when it is warm, writes for a while once told to, answers how much
 * became durable.
 */
import { once } from 'node:events';
import { type Appender, SHAPE, type Side, type Written } from './append-shape.ts';
import { openRaw } from './raw-appender.ts';
import { openStoreAppender } from './store-appender.ts';

const [side, folder] = process.argv.slice(2) as [Side, string];
const appender = side === 'raw' ? openRaw(folder) : await openStoreAppender(folder);

await write(appender, SHAPE.warmUpMs);
process.send?.('warm');
await once(process, 'message');
const written = await write(appender, SHAPE.measureMs);
await appender.close();
process.send?.(written);
process.disconnect();

/** Keeps a fixed number of commits under way until the time is over. */
async function write(target: Appender, durationMs: number): Promise<Written> {
  const record = new Uint8Array(SHAPE.recordBytes).fill(7);
  const batch = new Array<Uint8Array>(SHAPE.batchRecords).fill(record);
  const startedMs = performance.now();
  let records = 0;
  const lane = async () => {
    while (performance.now() - startedMs < durationMs) {
      await target.appendBatch(batch);
      records += batch.length;
    }
  };
  await Promise.all(Array.from({ length: SHAPE.commitsInFlight }, lane));
  return { records, elapsedMs: performance.now() - startedMs };
}
