import { text } from '@ftctl/sdk';
import { openStore } from '@ftctl/store';
import { createLink } from '../../src/index.ts';
import { KeptLog, systemClock, systemRandom } from './system.ts';

/** What a host process is told on its command line, as JSON. */
export interface ProcessOptions {
  readonly name: 'a' | 'b';
  readonly folder: string;
  readonly port: number;
  readonly peerPort: number;
  /** Bytes of each record that the sender appends. */
  readonly recordBytes: number;
}

/** What it says to its parent. */
export type Said =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'drained'; readonly last: number }
  /** Milliseconds between the beats that came in, longest first. */
  | { readonly kind: 'beats'; readonly gapsMs: readonly number[] };

export const BEAT_INTERVAL_MS = 100;
const RECORDS_PER_COMMIT = 200;
const facts = { name: 'facts', codec: text };
const pulse = { name: 'pulse', codec: text };
const LIMIT_BYTES = 512 * 1024 * 1024;

const options = JSON.parse(process.argv[2] ?? '') as ProcessOptions;
const store = await openStore({
  path: options.folder,
  plugin: 'subject',
  sockets: `${options.folder}-s`,
});
const log = store.log(options.name === 'a' ? 'out' : 'in', {
  codec: text,
  limitBytes: LIMIT_BYTES,
  overflow: 'refuse',
});
const service = createLink({
  self: { host: options.name, plugin: 'subject' },
  store,
  directory: { b: { subject: `127.0.0.1:${options.peerPort}` } },
  listen: { address: '127.0.0.1', port: options.port },
  clock: systemClock,
  random: systemRandom,
  log: new KeptLog(),
});
const port = (await service.start()) ?? 0;
const say = (said: Said) => process.send?.(said);
if (options.name === 'a') send();
else receive();
say({ kind: 'ready', port });

/** Appends records, each with its own number, and ships them, until told to drain. */
function send(): void {
  const shipment = service.link.ship(facts, log, { host: 'b' }, 'to-b');
  let draining = false;
  process.on('message', () => {
    draining = true;
  });
  const padding = '.'.repeat(options.recordBytes);
  const append = async () => {
    while (!draining) {
      await store.drained();
      await store.commit((tx) => {
        for (let n = 0; n < RECORDS_PER_COMMIT; n += 1) {
          tx.append(log, `${tx.bounds(log).last + 1} ${padding}`);
        }
      });
      // Not far ahead of the peer, so that the log never fills.
      while (shipment.status().lag > 50_000) await new Promise((done) => setTimeout(done, 5));
    }
    while (shipment.status().lag > 0) await new Promise((done) => setTimeout(done, 5));
    say({ kind: 'drained', last: log.bounds().last });
  };
  void append();
  setInterval(() => service.link.beat(pulse, { host: 'b' }, 'x'), BEAT_INTERVAL_MS);
}

/** Keeps the number of each record; tells how the beats came when asked. */
function receive(): void {
  service.link.receive(facts, (tx, batch) => {
    for (const { value } of batch.entries) tx.append(log, value.slice(0, value.indexOf(' ')));
  });
  const gapsMs: number[] = [];
  let lastMs: number | undefined;
  service.link.onBeat(pulse, () => {
    const nowMs = performance.now();
    if (lastMs !== undefined) gapsMs.push(nowMs - lastMs);
    lastMs = nowMs;
  });
  process.on('message', () => {
    say({ kind: 'beats', gapsMs: gapsMs.toSorted((one, other) => other - one) });
  });
}
