import { text } from '../codec.ts';
import { isFtError } from '../errors.ts';
import type { BeatChannel, RequestChannel, StreamChannel } from '../link.ts';
import type { Log, Store } from '../store.ts';
import { ensure } from './case.ts';
import type { LinkHarness, LinkHost } from './link-harness.ts';

/** Time that anything may take that is not meant to take time. */
export const PATIENCE_MS = 10_000;

export const echo: RequestChannel<string, string> = {
  name: 'contract.echo',
  question: text,
  answer: text,
};
export const facts: StreamChannel<string> = { name: 'contract.facts', codec: text };
export const pulse: BeatChannel<string> = { name: 'contract.pulse', codec: text };

/** A log for a case's records. */
export function caseLog(store: Store, name: string): Log<string> {
  return store.log(name, { codec: text, limitBytes: 64 * 1024 * 1024, overflow: 'refuse' });
}

/** The log that a case ships. */
export function outbox(store: Store): Log<string> {
  return caseLog(store, 'contract-out');
}

/** The log into which a case puts every record that was applied: its content is the history. */
export function inbox(store: Store): Log<string> {
  return caseLog(store, 'contract-in');
}

export function values(log: Log<string>): string[] {
  return log
    .read(0, { maxRecords: 1_000_000, maxBytes: 64 * 1024 * 1024 })
    .map((entry) => entry.value);
}

/** `prefix-<from>` up to `prefix-<to>`. */
export function numbered(prefix: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${prefix}-${from + index}`);
}

/** The same with so many bytes each that a few hundred are under way for a while. */
export function bulky(prefix: string, from: number, to: number): string[] {
  const padding = '.'.repeat(8_000);
  return numbered(prefix, from, to).map((name) => `${name} ${padding}`);
}

/** What is before the padding. */
export function names(records: readonly string[]): string[] {
  return records.map((record) => record.split(' ', 1)[0] ?? '');
}

/** Appends records to the outbox, many in a commit, while other things go on. */
export function fillBeside(host: LinkHost, records: string[]): Promise<unknown> {
  const log = outbox(host.store);
  const perCommit = 100;
  const commits: Promise<void>[] = [];
  for (let start = 0; start < records.length; start += perCommit) {
    const commit = host.store.commit((tx) => {
      for (const record of records.slice(start, start + perCommit)) tx.append(log, record);
    });
    commits.push(commit);
  }
  return Promise.all(commits);
}

/** The same, and waits until all of it is on disk. */
export async function fill(net: LinkHarness, host: LinkHost, records: string[]): Promise<void> {
  await net.within(PATIENCE_MS, fillBeside(host, records));
}

/** Takes a stream into a log, the inbox unless given, each record by one append in `apply`. */
export function collect(
  host: LinkHost,
  channel: StreamChannel<string> = facts,
  log: Log<string> = inbox(host.store),
): Log<string> {
  host.link.receive(channel, (tx, batch) => {
    for (const entry of batch.entries) tx.append(log, entry.value);
  });
  return log;
}

/** What a promise was rejected with: an FtError of this code. */
export async function ensureRejected(
  net: LinkHarness,
  work: Promise<unknown>,
  code: string,
  text: string,
): Promise<void> {
  const outcome = await net.within(
    PATIENCE_MS,
    work.then(
      () => 'no error',
      (error: unknown) => error,
    ),
  );
  ensure(isFtError(outcome, code), `${text}: expected ${code}, got ${String(outcome)}`);
}

/** What a call throws at once: an FtError of this code. */
export function ensureThrows(call: () => unknown, code: string, text: string): void {
  let outcome: unknown = 'no error';
  try {
    call();
  } catch (error) {
    outcome = error;
  }
  ensure(isFtError(outcome, code), `${text}: expected ${code}, got ${String(outcome)}`);
}
