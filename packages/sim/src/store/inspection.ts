import type {
  LogInspection,
  SizeInspection,
  StoreCheck,
  StoreDamage,
  StoreInspection,
  StoreOrigin,
} from '@ftctl/sdk';
import { byteLength } from './checks.ts';
import { isDamaged } from './damage.ts';
import type { LogRecords } from './records.ts';
import type { StoreState } from './state.ts';

const FORMAT = 1;
/** What a mark takes, as on a real disk. */
const MARK_BYTES = 8;

/** What stands outside of the state that is inspected. */
interface Surroundings {
  readonly incarnation: string;
  readonly origin: StoreOrigin;
  readonly pendingBytes: number;
}

export function inspectState(state: StoreState, around: Surroundings): StoreInspection {
  const logs = [...state.logs().values()].filter(({ settings }) => settings !== undefined);
  const counters = sizes(state.counters(), () => MARK_BYTES);
  const tables = sizes(state.tables(), (value: Uint8Array) => value.length);
  const inspected = logs.map(inspectLog).sort(byName);
  const fileBytes = [...inspected, ...counters, ...tables].reduce((sum, one) => sum + one.bytes, 0);
  const file = { fileBytes, freeBytes: 0, readers: 0 };
  return { ...around, format: FORMAT, ...file, logs: inspected, counters, tables };
}

export function checkState(state: StoreState): StoreCheck {
  const damage: StoreDamage[] = [];
  const why = 'its checksum does not fit';
  let [records, values, bytes] = [0, 0, 0];
  for (const [name, log] of state.logs()) {
    values += log.cursors.size;
    log.rawRecords().forEach((record, index) => {
      bytes += record.length;
      const what = `record ${log.bounds().first + index} of log ${name}`;
      if (isDamaged(record)) damage.push({ what, why });
      else records += 1;
    });
  }
  for (const marks of state.counters().values()) values += marks.size;
  for (const [name, rows] of state.tables()) {
    for (const [key, value] of rows) {
      bytes += value.length;
      if (isDamaged(value)) damage.push({ what: `value ${key} of table ${name}`, why });
      else values += 1;
    }
  }
  return { records, values, bytes, damaged: damage.length, damage };
}

function inspectLog(log: LogRecords): LogInspection {
  const { last } = log;
  const cursors = [...log.cursors].map(([name, position]) => ({
    name,
    position,
    lag: last - position,
  }));
  return {
    name: log.name,
    ...log.bounds(),
    limits: log.settings?.limits,
    overflow: log.settings?.overflow,
    topic: log.topic,
    cursors: cursors.sort(byName),
  };
}

function sizes<V>(
  sets: ReadonlyMap<string, ReadonlyMap<string, V>>,
  bytesOf: (value: V) => number,
): SizeInspection[] {
  return [...sets]
    .filter(([, members]) => members.size > 0)
    .map(([name, members]) => {
      const bytes = [...members].reduce(
        (sum, [key, value]) => sum + byteLength(key) + bytesOf(value),
        0,
      );
      return { name, entries: members.size, bytes };
    })
    .sort(byName);
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}
