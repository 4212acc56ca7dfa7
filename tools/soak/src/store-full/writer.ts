/**
 * Writes while its disk fills and empties: `writer.js STORE SOCKETS ATTEMPTS`.
 * Prints `kept N` for each commit that resolved and the code of each refusal.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { bytes, isFtError } from '@ftctl/sdk';
import { openStore } from '@ftctl/store';

const [path = '', sockets = '', attempts = ''] = process.argv.slice(2);
const RECORD_BYTES = 20_000;
const PAUSE_MS = 5;

const store = await openStore({ path, sockets, plugin: 'p' });
const log = store.log('box', { codec: bytes, limitBytes: 1_000_000_000, overflow: 'refuse' });
for (let attempt = 0; attempt < Number(attempts); attempt += 1) {
  try {
    const seq = await store.commit((tx) => tx.append(log, new Uint8Array(RECORD_BYTES)));
    writeSync(1, `kept ${seq}\n`);
  } catch (error) {
    writeSync(1, `${isFtError(error) ? error.code : String(error)}\n`);
  }
  await sleep(PAUSE_MS);
}
await store.close();
