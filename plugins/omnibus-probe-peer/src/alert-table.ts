import type { Counters, Store, Table, Transaction } from '@ftctl/sdk';
import { type AlertFields, type AlertRow, deduplicate } from './core/alert.ts';
import { alertRowCodec } from './core/records.ts';
import { probeErrors } from './errors.ts';

/** The alert table in the store, by Identifier, with its row count and the next Serial. */
export interface AlertTable {
  all(): readonly AlertRow[];
  rows(): number;
  /** The newest of the severity and above, of the first 50,000 rows. */
  newest(severity: number, limit: number): readonly AlertRow[];
  /** Inserts or counts one event. @throws FtError FT_PROBE_ALERTS_FULL when a new row has no room */
  count(tx: Transaction, fields: AlertFields, occurredAtMs: number, limit: number): void;
}

const PAGE = 10_000;
/** Rows that are looked at for a panel: the table may be large, and is read each second. */
const MAX_LOOKED_AT = 50_000;
const ROWS = 'rows';
const SERIAL = 'serial';

export function alertTable(store: Pick<Store, 'table' | 'counters'>): AlertTable {
  const table: Table<AlertRow> = store.table('alerts', alertRowCodec);
  const counters: Counters = store.counters('alerts');
  return {
    all() {
      const rows: AlertRow[] = [];
      for (let after = ''; ; ) {
        const page = table.entries({ after, limit: PAGE });
        for (const [, row] of page) rows.push(row);
        const last = page.at(-1);
        if (last === undefined || page.length < PAGE) return rows;
        after = last[0];
      }
    },
    rows: () => counters.mark(ROWS),
    newest(severity, limit) {
      const found: AlertRow[] = [];
      for (let after = '', seen = 0; seen < MAX_LOOKED_AT; seen += PAGE) {
        const page = table.entries({ after, limit: PAGE });
        for (const [, row] of page) if (row.Severity >= severity) found.push(row);
        const last = page.at(-1);
        if (last === undefined || page.length < PAGE) break;
        after = last[0];
      }
      return found
        .sort(
          (one, other) => other.LastOccurrence - one.LastOccurrence || other.Serial - one.Serial,
        )
        .slice(0, limit);
    },
    count(tx, fields, occurredAtMs, limit) {
      const known = tx.get(table, fields.Identifier);
      const serial = tx.mark(counters, SERIAL) + 1;
      if (known === undefined) {
        const rows = tx.mark(counters, ROWS);
        if (rows >= limit) throw probeErrors.ALERTS_FULL({ rows, limit });
        tx.setMark(counters, ROWS, rows + 1);
        tx.setMark(counters, SERIAL, serial);
      }
      tx.put(table, fields.Identifier, deduplicate(known, fields, occurredAtMs, serial));
    },
  };
}
