import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import type { LoadPeer } from './load.ts';

const TABLES = ['plan_jobs', 'plan_streams'];
/** Rows of one transaction, as the mirror has them. */
const TRANSACTION_ROWS = 2_000;

interface TableRows {
  readonly columns: readonly string[];
  readonly rows: readonly unknown[][];
}

/**
 * A prepared INSERT for row after row, in transactions, by the same driver: how
 * rows usually come into SQLite. They are in memory, so nothing is read meanwhile.
 */
export class InsertPeer implements LoadPeer {
  readonly name = 'a prepared INSERT each';
  readonly #file: string;

  /** @param file of the mirror */
  constructor(file: string) {
    this.#file = file;
  }

  async prepare(folder: string): Promise<() => Promise<number>> {
    const mirror = new Database(this.#file);
    try {
      const made = mirror
        .prepare('select sql from sqlite_master where tbl_name in (?, ?) and sql is not null')
        .all(TABLES) as { readonly sql: string }[];
      const schema = made.map(({ sql }) => sql).join(';');
      const tables = TABLES.map((table) => rowsOf(mirror, table));
      return () => insertSeconds(join(folder, 'peer.db'), schema, tables);
    } finally {
      mirror.close();
    }
  }
}

function rowsOf(mirror: Database.Database, table: string): TableRows {
  const shown = '(select shown_syncid from plan_mirror)';
  const rows = mirror.prepare(`select * from ${table} where syncid = ${shown}`).all() as object[];
  return {
    columns: Object.keys(rows[0] ?? {}),
    rows: rows.map((row) => Object.values(row)),
  };
}

async function insertSeconds(
  file: string,
  schema: string,
  tables: readonly TableRows[],
): Promise<number> {
  const db = new Database(file);
  try {
    db.exec(`pragma journal_mode = wal; pragma synchronous = normal; ${schema}`);
    const beganMs = performance.now();
    for (const [at, { columns, rows }] of tables.entries()) {
      const places = columns.map(() => '?').join(', ');
      const insert = db.prepare(
        `insert into ${TABLES[at]} (${columns.join(', ')}) values (${places})`,
      );
      for (let from = 0; from < rows.length; from += TRANSACTION_ROWS) {
        db.exec('begin immediate');
        for (const row of rows.slice(from, from + TRANSACTION_ROWS)) insert.run(row);
        db.exec('commit');
      }
    }
    return (performance.now() - beganMs) / 1_000;
  } finally {
    db.close();
    for (const end of ['', '-wal', '-shm']) await rm(`${file}${end}`, { force: true });
  }
}
