import { type Log, type LogOptions, type Store, type Transaction, text } from '@ftctl/sdk';
import type { StoreUnderTest } from '@ftctl/sdk/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LmdbHarness } from './lmdb-harness.ts';

/**
 * Random histories of commits, crashes, full disks and reopenings, played on
 * LMDB and beside it on plain arrays and maps. After each step both must agree.
 */

interface ModelLog {
  first: number;
  last: number;
  records: string[];
  cursors: Map<string, number>;
}

interface Model {
  logs: Record<'refuse' | 'overwrite' | 'drop-cursor', ModelLog>;
  entries: Map<string, string>;
  marks: Map<string, number>;
}

type Overflow = keyof Model['logs'];
const LIMIT_BYTES = 60;
const LIMIT_RECORDS = 12;

type Change =
  | { kind: 'append'; log: Overflow; value: string }
  | { kind: 'move'; log: Overflow; cursor: string; share: number }
  | { kind: 'drop'; log: Overflow; cursor: string }
  | { kind: 'trim'; log: Overflow; share: number }
  | { kind: 'put'; key: string; value: string }
  | { kind: 'delete'; key: string }
  | { kind: 'mark'; origin: string; id: number };

type Step =
  | { kind: 'commits'; commits: { changes: Change[]; throws: boolean }[]; fullDisk: boolean }
  | { kind: 'close' }
  | { kind: 'crash' };

const overflow = fc.constantFrom<Overflow>('refuse', 'overwrite', 'drop-cursor');
const cursor = fc.constantFrom('x', 'y', 'z');
const key = fc.constantFrom('', 'a', 'a/b', 'ä', 'b');
const share = fc.double({ min: 0, max: 1, noNaN: true });
const word = fc.string({ maxLength: 15 });

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('append' as const), log: overflow, value: word }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('move' as const), log: overflow, cursor, share }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('drop' as const), log: overflow, cursor }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('trim' as const), log: overflow, share }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('put' as const), key, value: word }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('mark' as const), origin: key, id: fc.nat(100) }),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commits' as const),
      commits: fc.array(
        fc.record({
          changes: fc.array(change, { minLength: 1, maxLength: 6 }),
          throws: fc.nat(5).map((roll) => roll === 0),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      fullDisk: fc.nat(9).map((roll) => roll === 0),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'close' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
);

function emptyModel(): Model {
  const log = (): ModelLog => ({ first: 1, last: 0, records: [], cursors: new Map() });
  return {
    logs: { refuse: log(), overwrite: log(), 'drop-cursor': log() },
    entries: new Map(),
    marks: new Map(),
  };
}

const bytesOf = (records: readonly string[]) =>
  records.reduce((sum, record) => sum + Buffer.byteLength(record), 0);

function dropBefore(log: ModelLog, seq: number): void {
  const first = Math.min(seq, log.last + 1);
  if (first <= log.first) return;
  log.records.splice(0, first - log.first);
  log.first = first;
  for (const [name, position] of log.cursors) {
    log.cursors.set(name, Math.max(position, first - 1));
  }
}

function dropDone(log: ModelLog): void {
  if (log.cursors.size > 0) dropBefore(log, Math.min(...log.cursors.values()) + 1);
}

function isFull(log: ModelLog, value: string): boolean {
  return (
    bytesOf(log.records) + Buffer.byteLength(value) > LIMIT_BYTES ||
    log.records.length + 1 > LIMIT_RECORDS
  );
}

/** False when the log refuses it. */
function appendTo(log: ModelLog, policy: Overflow, value: string): boolean {
  if (policy === 'refuse' && isFull(log, value)) return false;
  while (policy === 'drop-cursor' && isFull(log, value) && log.cursors.size > 0) {
    const [[laggard]] = [...log.cursors].sort(
      ([a, one], [b, other]) => one - other || (a < b ? -1 : 1),
    ) as [[string, number]];
    log.cursors.delete(laggard);
    dropDone(log);
  }
  while (isFull(log, value)) dropBefore(log, log.first + 1);
  log.last += 1;
  log.records.push(value);
  return true;
}

/** Where a share of the way lies between just before the first and the last record. */
const positionIn = (log: { first: number; last: number }, part: number) =>
  log.first - 1 + Math.round(part * (log.last - log.first + 1));

function applyToModel(model: Model, item: Change): void {
  if (item.kind === 'put') model.entries.set(item.key, item.value);
  else if (item.kind === 'delete') model.entries.delete(item.key);
  else if (item.kind === 'mark') model.marks.set(item.origin, item.id);
  else {
    const log = model.logs[item.log];
    if (item.kind === 'append') appendTo(log, item.log, item.value);
    else if (item.kind === 'drop') {
      if (log.cursors.delete(item.cursor)) dropDone(log);
    } else if (item.kind === 'trim') dropBefore(log, positionIn(log, item.share) + 1);
    else {
      const to = positionIn(log, item.share);
      const before = log.cursors.get(item.cursor);
      if (before !== undefined && to <= before) return;
      log.cursors.set(item.cursor, to);
      dropDone(log);
    }
  }
}

const optionsOf = (policy: Overflow): LogOptions<string> => ({
  codec: text,
  limitBytes: LIMIT_BYTES,
  limitRecords: LIMIT_RECORDS,
  overflow: policy,
});

function handlesOf(store: Store) {
  const log = (policy: Overflow) => store.log(policy, optionsOf(policy));
  const logs: Record<Overflow, Log<string>> = {
    refuse: log('refuse'),
    overwrite: log('overwrite'),
    'drop-cursor': log('drop-cursor'),
  };
  return { logs, table: store.table('t', text), counters: store.counters('c') };
}

function applyToStore(
  tx: Transaction,
  { logs, table, counters }: ReturnType<typeof handlesOf>,
  item: Change,
): void {
  if (item.kind === 'put') tx.put(table, item.key, item.value);
  else if (item.kind === 'delete') tx.delete(table, item.key);
  else if (item.kind === 'mark') tx.setMark(counters, item.origin, item.id);
  else {
    const log = logs[item.log];
    if (item.kind === 'append') appendUnlessFull(tx, log, item.value);
    else if (item.kind === 'drop') tx.dropCursor(log, item.cursor);
    else if (item.kind === 'trim') tx.trim(log, positionIn(tx.bounds(log), item.share));
    else tx.moveCursor(log, item.cursor, positionIn(tx.bounds(log), item.share));
  }
}

function appendUnlessFull(tx: Transaction, log: Log<string>, value: string): void {
  try {
    tx.append(log, value);
  } catch (error) {
    expect(String(error)).toContain('is full');
  }
}

function compare(store: Store, model: Model): void {
  const { logs, table, counters } = handlesOf(store);
  for (const policy of ['refuse', 'overwrite', 'drop-cursor'] as const) {
    const { first, last, records, cursors } = model.logs[policy];
    expect(logs[policy].bounds()).toEqual({ first, last, bytes: bytesOf(records) });
    const expected = records.map((value, index) => ({ seq: first + index, value }));
    expect(logs[policy].read(0)).toEqual(expected);
    expect(logs[policy].read(first, { maxRecords: 2 })).toEqual(expected.slice(1, 3));
    expect(logs[policy].cursors()).toEqual(Object.fromEntries(cursors));
  }
  expect(new Map(table.entries())).toEqual(model.entries);
  expect(new Map(Object.entries(counters.marks()))).toEqual(model.marks);
}

async function play(harness: LmdbHarness, steps: readonly Step[]): Promise<void> {
  let subject: StoreUnderTest = await harness.open();
  let durable = emptyModel();
  for (const current of steps) {
    if (current.kind !== 'commits') {
      await (current.kind === 'close' ? subject.close() : subject.crash());
      subject = await harness.open();
    } else {
      durable = await commitAll(subject, durable, current);
    }
    compare(subject.store, durable);
  }
}

/** The model after the commits; the one before when the disk was full. */
async function commitAll(
  subject: StoreUnderTest,
  before: Model,
  { commits, fullDisk }: Extract<Step, { kind: 'commits' }>,
): Promise<Model> {
  const handles = handlesOf(subject.store);
  let after = structuredClone(before);
  if (fullDisk) subject.fillDisk();
  const results = commits.map(({ changes, throws }) => {
    const next = structuredClone(after);
    for (const item of changes) applyToModel(next, item);
    if (!throws) after = next;
    return subject.store.commit((tx) => {
      for (const item of changes) applyToStore(tx, handles, item);
      if (throws) throw new Error('taken back');
    });
  });
  for (const [index, result] of (await Promise.allSettled(results)).entries()) {
    if (commits[index]?.throws) expect(result.status).toBe('rejected');
    else if (!fullDisk) expect(result.status).toBe('fulfilled');
    // On a full disk, commits that change nothing are fulfilled all the same.
    else if (result.status === 'fulfilled') expect(after).toEqual(before);
  }
  subject.freeDisk();
  return fullDisk ? before : after;
}

it('agrees with plain arrays and maps over random histories', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      const harness = new LmdbHarness();
      try {
        await play(harness, steps);
      } finally {
        await harness.dispose();
      }
    }),
    { numRuns: 30 },
  );
});
