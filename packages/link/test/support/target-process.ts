import { text } from '@ftctl/sdk';
import { openStore } from '@ftctl/store';
import { createLink } from '../../src/index.ts';
import { KeptLog, systemClock, systemRandom } from './system.ts';

/** What the target is told on its command line, as JSON. */
export interface TargetOptions {
  readonly folder: string;
  /** Where `far` is; then it ships to it. */
  readonly farPort?: number;
  /** Most bytes that its log holds. */
  readonly limitBytes: number;
}

export type TargetSaid =
  | { readonly kind: 'ready'; readonly port: number }
  | {
      readonly kind: 'measured';
      /** Resident memory after a collection of garbage. */
      readonly residentBytes: number;
      readonly logBytes: number;
      readonly refusedAppends: number;
      readonly offences: number;
      readonly logLines: number;
    };

const RECORD = 'x'.repeat(1_000);
const RECORDS_PER_COMMIT = 100;

const options = JSON.parse(process.argv[2] ?? '') as TargetOptions;
const store = await openStore({
  path: options.folder,
  plugin: 'subject',
  sockets: `${options.folder}-s`,
});
const kept = new KeptLog();
const out = store.log('out', { codec: text, limitBytes: options.limitBytes, overflow: 'refuse' });
const service = createLink({
  self: { host: 'b', plugin: 'subject' },
  store,
  directory: options.farPort ? { far: { subject: `127.0.0.1:${options.farPort}` } } : {},
  listen: { address: '127.0.0.1', port: 0 },
  clock: systemClock,
  random: systemRandom,
  log: kept,
});
service.link.serve({ name: 'echo', question: text, answer: text }, (question) => question);
const port = (await service.start()) ?? 0;
let refusedAppends = 0;

if (options.farPort !== undefined) {
  service.link.ship({ name: 'facts', codec: text }, out, { host: 'far' }, 'far');
  void produce();
}

process.on('message', () => {
  global.gc?.();
  say({
    kind: 'measured',
    residentBytes: process.memoryUsage.rss(),
    logBytes: out.bounds().bytes,
    refusedAppends,
    offences: kept.lines.filter((line) => line.includes('FT_LINK_PROTOCOL')).length,
    logLines: kept.lines.length,
  });
});
say({ kind: 'ready', port });

/** Appends as fast as the store takes it; goes on when the log refuses. */
async function produce(): Promise<void> {
  for (;;) {
    try {
      await store.commit((tx) => {
        for (let n = 0; n < RECORDS_PER_COMMIT; n += 1) tx.append(out, RECORD);
      });
      await store.drained();
    } catch {
      refusedAppends += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function say(said: TargetSaid): void {
  process.send?.(said);
}
