import type {
  CursorInspection,
  LogInspection,
  SizeInspection,
  StoreCheck,
  StoreInspection,
} from '@ftctl/sdk';
import { decodeNumber, payloadOf, unseal } from '../checksum.ts';
import type { EnvStatistics, Snapshot } from '../env.ts';
import { endOfRange, KIND, memberOfKey, nameKey, nameOfKey } from '../keys.ts';
import { limitsOf } from '../log-settings.ts';
import { boundsOf, type LogState } from '../log-state.ts';
import type { StoreMeta } from '../ownership.ts';
import { paced } from '../pages/paced.ts';
import { View } from '../view.ts';
import { ContentsCheck } from './contents-check.ts';
import { describeKey } from './key-names.ts';
import { scan } from './scan.ts';

export interface InspectOptions {
  /** Released at the end. */
  readonly snapshot: Snapshot;
  readonly meta: StoreMeta;
  readonly statistics: EnvStatistics;
  readonly pendingBytes: number;
}

/** @throws FtError FT_STORE_CORRUPT */
export async function inspectStore(options: InspectOptions): Promise<StoreInspection> {
  const { snapshot, meta, statistics, pendingBytes } = options;
  const logs: LogInspection[] = [];
  const counters = new Sizes();
  const tables = new Sizes();
  try {
    await paced(inspectLogs(snapshot, logs));
    await paced(measure(snapshot, KIND.mark, counters));
    await paced(measure(snapshot, KIND.entry, tables));
  } finally {
    snapshot.release();
  }
  return {
    incarnation: meta.incarnation,
    format: meta.format,
    origin: meta.origin,
    ...statistics,
    pendingBytes,
    logs: logs.toSorted(byName),
    counters: counters.list(),
    tables: tables.list(),
  };
}

/** Compares every checksum of what a snapshot holds. The snapshot is released at the end. */
export async function checkContents(snapshot: Snapshot): Promise<StoreCheck> {
  const check = new ContentsCheck();
  try {
    await paced(checkAll(snapshot, check));
  } finally {
    snapshot.release();
  }
  return check.end();
}

function* checkAll(snapshot: Snapshot, check: ContentsCheck): Generator<void> {
  const all = { from: Buffer.from([0]), to: Buffer.from([0xff]) };
  for (const piece of scan(snapshot, all)) {
    for (const { key, value } of piece) check.take(asBuffer(key), () => asBuffer(value));
    yield;
  }
}

function* inspectLogs(snapshot: Snapshot, found: LogInspection[]): Generator<void> {
  const view = new View(snapshot);
  for (const piece of scan(snapshot, kindRange(KIND.log))) {
    for (const { key } of piece) {
      const name = nameOfKey(key) ?? '';
      const state = view.logState(name);
      if (state === undefined) continue;
      const cursors: CursorInspection[] = [];
      yield* inspectCursors(snapshot, name, state, cursors);
      const settings = view.logSettings(name);
      found.push({
        name,
        ...boundsOf(state),
        limits: settings && limitsOf(settings),
        overflow: settings?.overflow,
        topic: state.topic,
        cursors,
      });
    }
    yield;
  }
}

function* inspectCursors(
  snapshot: Snapshot,
  log: string,
  state: LogState,
  found: CursorInspection[],
): Generator<void> {
  const prefix = nameKey(KIND.cursor, log);
  for (const piece of scan(snapshot, { from: prefix, to: endOfRange(prefix) })) {
    for (const { key, value } of piece) {
      const what = () => describeKey(key);
      const stored = decodeNumber(unseal(key, value, what), what);
      const position = Math.max(stored, state.first - 1);
      found.push({ name: memberOfKey(key, prefix), position, lag: state.last - position });
    }
    yield;
  }
}

/** Entries and bytes by name. */
class Sizes {
  readonly #byName = new Map<string, { entries: number; bytes: number }>();

  add(name: string, bytes: number): void {
    const size = this.#byName.get(name) ?? { entries: 0, bytes: 0 };
    this.#byName.set(name, { entries: size.entries + 1, bytes: size.bytes + bytes });
  }

  list(): SizeInspection[] {
    return [...this.#byName].map(([name, size]) => ({ name, ...size })).toSorted(byName);
  }
}

function* measure(snapshot: Snapshot, kind: number, sizes: Sizes): Generator<void> {
  for (const piece of scan(snapshot, kindRange(kind))) {
    for (const { key, value } of piece) {
      const name = nameOfKey(key) ?? '';
      const member = key.length - 2 - (key[1] ?? 0);
      sizes.add(name, member + payloadOf(value).length);
    }
    yield;
  }
}

function kindRange(kind: number) {
  return { from: Buffer.from([kind]), to: Buffer.from([kind + 1]) };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return Buffer.compare(Buffer.from(one.name), Buffer.from(other.name));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
