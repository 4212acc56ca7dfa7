import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cell } from '@ftctl/plan/source';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import type Database from 'libsql';
import type { CopyKey } from '../../database.ts';
import { refuseSuperseded } from '../sql/fence.ts';
import { migrations } from '../sql/migrations.ts';
import type { MirrorTable } from '../sql/schema.ts';
import type { ResultRow, SqliteConnection, Step } from './connection.ts';
import { insertOf } from './packed-rows.ts';

type Statement = Database.Statement<unknown[]>;

/** Prepared statements that are kept; the oldest makes room. */
const MAX_STATEMENTS = 200;
/** Pages of the log beyond which it is written back: with fewer a load would write most pages twice. */
const CHECKPOINT_PAGES = 8_000;
const BUSY_MS = 5_000;

/** A file of SQLite, used in the thread that calls: what it does takes its time. */
export class SqliteFile implements SqliteConnection {
  readonly #path: string;
  readonly #statements = new Map<string, Statement>();
  #db: Database.Database | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async open(migrates: boolean): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    // Where another database is configured, its binary is never loaded.
    const { default: Libsql } = await import('libsql');
    const db = new Libsql(this.#path);
    try {
      db.exec(`pragma journal_mode = wal; pragma synchronous = normal;
        pragma busy_timeout = ${BUSY_MS}; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      if (migrates) await migrate(db);
    } catch (error) {
      db.close();
      throw error;
    }
    this.#db = db;
  }

  async close(): Promise<void> {
    this.#statements.clear();
    this.#db?.close();
    this.#db = undefined;
  }

  async all(sql: string, parameters: readonly Cell[]): Promise<readonly ResultRow[]> {
    return this.#prepare(sql).all(...parameters) as ResultRow[];
  }

  async write(key: CopyKey, steps: readonly Step[]): Promise<number> {
    const db = this.#open();
    db.exec('begin immediate');
    try {
      const mirror = this.#prepare('select * from plan_mirror where id = 1').get();
      refuseSuperseded(mirror as MirrorTable, key);
      let changed = 0;
      for (const step of steps) changed = this.#run(step);
      db.exec('commit');
      return changed;
    } catch (error) {
      if (db.inTransaction) db.exec('rollback');
      throw error;
    }
  }

  #run(step: Step): number {
    if ('sql' in step) return this.#prepare(step.sql).run(...step.parameters).changes;
    const { rows } = step;
    return this.#prepare(insertOf(rows)).run(...rows.constants, rows.rows).changes;
  }

  #prepare(text: string): Statement {
    const statement = this.#statements.get(text) ?? this.#open().prepare(text);
    this.#statements.delete(text);
    this.#statements.set(text, statement);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size > MAX_STATEMENTS && oldest !== undefined) {
      this.#statements.delete(oldest);
    }
    return statement;
  }

  #open(): Database.Database {
    if (this.#db === undefined) throw new Error('not connected at present');
    return this.#db;
  }
}

async function migrate(database: Database.Database): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  const provider = { getMigrations: async () => migrations('sqlite') };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
}
