import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type {
  FacetChange,
  FacetName,
  RowChange,
  SinfoniaHead,
  TableName,
} from '@ftctl/plan/source';
import { describeError, isFtError } from '@ftctl/sdk';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import type Database from 'libsql';
import type { LanePosition } from '../../core/resume.ts';
import type { CopyKey, DatabaseState, FacetRow, MirrorDatabase } from '../../database.ts';
import { mirrorErrors } from '../../errors.ts';
import { guardedReader } from '../guarded-reader.ts';
import { copyRows } from '../sql/copy-rows.ts';
import { queryNetwork, queryStream, queryStreamIds } from '../sql/facet-queries.ts';
import { refuseSuperseded, stateOf } from '../sql/fence.ts';
import { migrations } from '../sql/migrations.ts';
import { SqlPlanReader } from '../sql/plan-reader.ts';
import { SHAPES, tableOf } from '../sql/rows.ts';
import type { MirrorTable, Schema } from '../sql/schema.ts';
import { COPY_TABLES, onNewer, SWEEP_ROWS, tableName, upsertColumns } from '../sql/statements.ts';

type Statement = Database.Statement<unknown[]>;

/** The mirror in a file of SQLite: one writer, readers beside it. */
export class SqliteDatabase implements MirrorDatabase {
  readonly name: string;
  readonly reader = guardedReader(new SqlPlanReader(() => this.#open().queries), (read) =>
    this.#guarded(read),
  );
  readonly #path: string;
  readonly #statements = new Map<string, Statement>();
  #db: Database.Database | undefined;
  #queries: Kysely<Schema> | undefined;

  constructor(path: string) {
    this.#path = path;
    this.name = `SQLite ${path}`;
  }

  async open(): Promise<void> {
    await this.#guarded(async () => {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      // Where another database is configured, its binary is never loaded.
      const { default: Libsql } = await import('libsql');
      const db = new Libsql(this.#path);
      db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000');
      const queries = new Kysely<Schema>({ dialect: new SqliteDialect({ database: db }) });
      const migrator = new Migrator({
        db: queries,
        provider: { getMigrations: async () => migrations('sqlite') },
      });
      const { error } = await migrator.migrateToLatest();
      if (error !== undefined) {
        db.close();
        throw error;
      }
      this.#db = db;
      this.#queries = queries;
    });
  }

  async close(): Promise<void> {
    this.#statements.clear();
    this.#db?.close();
    this.#db = undefined;
    this.#queries = undefined;
  }

  async state(): Promise<DatabaseState> {
    return await this.#guarded(() =>
      stateOf(this.#mirror(), async (syncid) => {
        const lanes =
          'select lane, incarnation, seq from plan_lanes where syncid = ? order by lane';
        return this.#prepare(lanes).all(syncid) as LanePosition[];
      }),
    );
  }

  async claim(key: CopyKey): Promise<void> {
    await this.#write(key, () => {
      this.#prepare('update plan_mirror set claimed_epoch = ?, claimed_syncid = ?').run(
        key.epoch,
        key.syncid,
      );
    });
  }

  async load(
    key: CopyKey,
    head: SinfoniaHead,
    rows: AsyncIterable<readonly FacetRow[]>,
  ): Promise<void> {
    await this.#write(key, () => {
      // What a load that was cut off has left behind.
      for (const [table] of COPY_TABLES) {
        this.#prepare(`delete from ${table} where syncid = ?`).run(key.syncid);
      }
    });
    for await (const piece of copyRows(head, rows)) {
      await this.#write(key, () => {
        for (const [table, cells] of piece) this.#insert(table, cells);
      });
    }
  }

  async show(key: CopyKey, head: SinfoniaHead, lanes: readonly LanePosition[]): Promise<void> {
    await this.#write(key, () => {
      for (const lane of lanes) this.#move(key, lane);
      this.#prepare(
        `update plan_mirror set shown_epoch = ?, shown_syncid = ?, run = ?, made_at_ms = ?, taken_at_ms = ?`,
      ).run(key.epoch, key.syncid, head.plan.run, head.madeAtMs, head.takenAtMs);
    });
  }

  async apply(key: CopyKey, changes: readonly RowChange[], position: LanePosition): Promise<void> {
    await this.#write(key, () => {
      for (const change of changes) this.#change(key.syncid, change);
      this.#move(key, position);
    });
  }

  async sweep(key: CopyKey, beforeMs: number): Promise<number> {
    return await this.#write(key, () => {
      for (const [table, name] of COPY_TABLES) {
        const { changes } = this.#prepare(
          `delete from ${table} where (syncid, ${name}) in
             (select syncid, ${name} from ${table} where syncid < ? limit ${SWEEP_ROWS})`,
        ).run(key.syncid);
        if (changes > 0) return changes;
      }
      return this.#prepare(
        `delete from plan_job_history where (id, era, n) in
           (select id, era, n from plan_job_history where at_ms < ? limit ${SWEEP_ROWS})`,
      ).run(beforeMs).changes;
    });
  }

  async facets({ syncid }: CopyKey, stream: string | undefined): Promise<readonly FacetChange[]> {
    return await this.#guarded(async () => {
      const { queries } = this.#open();
      return stream === undefined
        ? await queryNetwork(queries, syncid)
        : await queryStream(queries, syncid, stream);
    });
  }

  async streamIds({ syncid }: CopyKey): Promise<readonly string[]> {
    return await this.#guarded(() => queryStreamIds(this.#open().queries, syncid));
  }

  #change(syncid: number, change: RowChange): void {
    if ('facet' in change) {
      const { facet, id, cells, version } = change;
      this.#prepare(upsertOf(facet)).run(syncid, id, ...cells, version.era, version.n);
    } else if ('gone' in change) {
      const { table } = SHAPES[change.gone];
      this.#prepare(`delete from ${table} where syncid = ? and id = ?`).run(syncid, change.id);
    } else {
      const { history, version, atMs, state, attempt, rc } = change;
      this.#prepare(
        'insert into plan_job_history (id, era, n, at_ms, state, attempt, rc) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
      ).run(history, version.era, version.n, atMs, state, attempt, rc);
    }
  }

  #insert(table: TableName, cells: readonly unknown[]): void {
    const { columns, table: name } = SHAPES[table];
    const places = columns.map(() => '?').join(', ');
    this.#prepare(`insert into ${name} (${columns.join(', ')}) values (${places})`).run(...cells);
  }

  #move({ syncid }: CopyKey, { lane, incarnation, seq }: LanePosition): void {
    this.#prepare(
      `insert into plan_lanes (syncid, lane, incarnation, seq) values (?, ?, ?, ?)
       on conflict (syncid, lane) do update set incarnation = excluded.incarnation, seq = excluded.seq`,
    ).run(syncid, lane, incarnation, seq);
  }

  #mirror(): MirrorTable {
    return this.#prepare('select * from plan_mirror where id = 1').get() as MirrorTable;
  }

  /** One transaction, in which nobody else has begun a higher copy. */
  async #write<R>(key: CopyKey, write: () => R): Promise<R> {
    return await this.#guarded(async () => {
      const { db } = this.#open();
      db.exec('begin immediate');
      try {
        refuseSuperseded(this.#mirror(), key);
        const result = write();
        db.exec('commit');
        return result;
      } catch (error) {
        if (db.inTransaction) db.exec('rollback');
        throw error;
      }
    });
  }

  #open(): { readonly db: Database.Database; readonly queries: Kysely<Schema> } {
    if (this.#db === undefined || this.#queries === undefined)
      throw new Error('not connected at present');
    return { db: this.#db, queries: this.#queries };
  }

  #prepare(text: string): Statement {
    const known = this.#statements.get(text) ?? this.#open().db.prepare(text);
    this.#statements.set(text, known);
    return known;
  }

  async #guarded<R>(act: () => Promise<R>): Promise<R> {
    try {
      return await act();
    } catch (error) {
      if (isFtError(error)) throw error;
      throw mirrorErrors.DATABASE({ name: this.name, why: describeError(error) }, error);
    }
  }
}

const UPSERTS = new Map<FacetName, string>();

function upsertOf(facet: FacetName): string {
  const known = UPSERTS.get(facet);
  if (known !== undefined) return known;
  const columns = upsertColumns(facet);
  const text = `insert into ${tableName(tableOf(facet))} (${columns.join(', ')})
    values (${columns.map(() => '?').join(', ')}) ${onNewer(facet)}`;
  UPSERTS.set(facet, text);
  return text;
}
