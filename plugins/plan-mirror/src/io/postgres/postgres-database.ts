import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { RowChange, SinfoniaHead, TableName } from '@ftctl/plan/source';
import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import type pg from 'pg';
import type { LanePosition } from '../../core/resume.ts';
import type { CopyKey, DatabaseState, FacetRow, MirrorDatabase } from '../../database.ts';
import { copyRows } from '../sql/copy-rows.ts';
import { refuseSuperseded, stateOf } from '../sql/fence.ts';
import { inOrder } from '../sql/groups.ts';
import { migrations } from '../sql/migrations.ts';
import { SHAPES } from '../sql/rows.ts';
import type { MirrorTable, Schema } from '../sql/schema.ts';
import { SqlDatabase } from '../sql/sql-database.ts';
import { COPY_TABLES, SWEEP_ROWS } from '../sql/statements.ts';
import { CopyText } from './copy-text.ts';
import { writeGroup } from './write-group.ts';

/** Bytes of rows that one transaction copies. */
const COPY_BYTES = 2 * 1024 * 1024;
const CONNECT_MS = 5_000;
/** A statement that takes longer is given up: the server hangs, or somebody holds a lock. */
const STATEMENT_MS = 60_000;
/** Nothing that is asked is worth a compiler or other processes, whatever the server expects of it. */
const SMALL = '-c jit=off -c max_parallel_workers_per_gather=0';
/** 8-byte whole numbers come as text unless they are told to be numbers. */
const INT8 = 20;

export interface PostgresOptions {
  /** `postgres://user@host/database`. */
  readonly url: string;
  /** Schema that holds the tables and views. */
  readonly schema: string;
  /** Connections that write or read at the same time. */
  readonly connections: number;
}

/** The mirror in a schema of PostgreSQL 15 or newer. */
export class PostgresDatabase extends SqlDatabase implements MirrorDatabase {
  readonly name: string;
  readonly #options: PostgresOptions;
  #pool: pg.Pool | undefined;
  #queries: Kysely<Schema> | undefined;

  constructor(options: PostgresOptions) {
    super();
    this.#options = options;
    const { hostname, port, pathname } = new URL(options.url);
    const where = `${hostname || 'localhost'}${port === '' ? '' : `:${port}`}${pathname}`;
    this.name = `PostgreSQL ${where}, schema ${options.schema}`;
  }

  async open(): Promise<void> {
    await this.guarded(async () => {
      const { default: driver } = await import('pg');
      const { url, schema, connections } = this.#options;
      const pool = new driver.Pool({
        connectionString: url,
        max: connections,
        connectionTimeoutMillis: CONNECT_MS,
        statement_timeout: STATEMENT_MS,
        query_timeout: STATEMENT_MS,
        options: `-c search_path=${driver.escapeIdentifier(schema).replaceAll(' ', '\\ ')} ${SMALL}`,
        application_name: 'ftctl plan-mirror',
        types: {
          getTypeParser: (oid: number, format?: 'text' | 'binary') =>
            oid === INT8 ? Number : driver.types.getTypeParser(oid, format as 'text'),
        },
      });
      // A connection may break while nothing is asked, in the pool or out of it: the next query says so.
      pool.on('error', () => undefined);
      pool.on('connect', (client) => client.on('error', () => undefined));
      this.#pool = pool;
      await pool.query(`create schema if not exists ${driver.escapeIdentifier(schema)}`);
      const queries = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
      const migrator = new Migrator({
        db: queries,
        migrationTableSchema: schema,
        provider: { getMigrations: async () => migrations('postgres') },
      });
      const { error } = await migrator.migrateToLatest();
      if (error !== undefined) throw error;
      this.#queries = queries;
    });
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    this.#queries = undefined;
    await pool?.end().catch(() => undefined);
  }

  async state(): Promise<DatabaseState> {
    return await this.guarded(async () => {
      const { pool } = this.#open();
      return await stateOf(await mirrorOf(pool, ''), async (syncid) => {
        const { rows } = await pool.query<LanePosition>(
          'select lane, incarnation, seq from plan_lanes where syncid = $1 order by lane',
          [syncid],
        );
        return rows;
      });
    });
  }

  async claim(key: CopyKey): Promise<void> {
    const lock = 'for update';
    await this.#write(key, lock, async (client) => {
      await client.query('update plan_mirror set claimed_epoch = $1, claimed_syncid = $2', [
        key.epoch,
        key.syncid,
      ]);
    });
  }

  async load(
    key: CopyKey,
    head: SinfoniaHead,
    pieces: AsyncIterable<readonly FacetRow[]>,
  ): Promise<void> {
    await this.#write(key, 'for share', async (client) => {
      // What a load that was cut off has left behind.
      for (const [table] of COPY_TABLES) {
        await client.query(`delete from ${table} where syncid = $1`, [key.syncid]);
      }
    });
    let waiting = new Map<TableName, CopyText>();
    // What is ready is copied while the next rows are read.
    let copied: Promise<unknown> = Promise.resolve();
    const flush = async () => {
      await copied;
      const ready = waiting;
      copied = this.#write(key, 'for share', async (client) => {
        for (const [table, rows] of ready) await copyInto(client, table, rows.content());
      });
      // Seen where it is waited for.
      copied.catch(() => undefined);
      waiting = new Map();
    };
    for await (const piece of copyRows(head, pieces)) {
      for (const [table, cells] of piece) {
        const rows = waiting.get(table) ?? new CopyText();
        rows.add(cells);
        waiting.set(table, rows);
      }
      const bytes = [...waiting.values()].reduce((sum, rows) => sum + rows.bytes, 0);
      if (bytes >= COPY_BYTES) await flush();
    }
    await flush();
    await copied;
  }

  async show(key: CopyKey, head: SinfoniaHead, lanes: readonly LanePosition[]): Promise<void> {
    await this.#write(key, 'for update', async (client) => {
      for (const lane of lanes) await move(client, key, lane);
      await client.query(
        'update plan_mirror set shown_epoch = $1, shown_syncid = $2, run = $3, made_at_ms = $4, taken_at_ms = $5',
        [key.epoch, key.syncid, head.plan.run, head.madeAtMs, head.takenAtMs],
      );
    });
    this.#tidy();
  }

  async apply(key: CopyKey, changes: readonly RowChange[], position: LanePosition): Promise<void> {
    await this.#write(key, 'for share', async (client) => {
      for (const group of inOrder(changes)) await writeGroup(client, key, group);
      await move(client, key, position);
    });
  }

  async sweep(key: CopyKey, beforeMs: number): Promise<number> {
    return await this.#write(key, 'for share', async (client) => {
      for (const [table, name] of COPY_TABLES) {
        const { rowCount } = await client.query(
          `delete from ${table} where (syncid, ${name}) in
             (select syncid, ${name} from ${table} where syncid < $1 limit ${SWEEP_ROWS})`,
          [key.syncid],
        );
        if (rowCount !== null && rowCount > 0) return rowCount;
      }
      const { rowCount } = await client.query(
        `delete from plan_job_history where (id, era, n) in
           (select id, era, n from plan_job_history where at_ms < $1 limit ${SWEEP_ROWS})`,
        [beforeMs],
      );
      return rowCount ?? 0;
    });
  }

  protected queries(): Kysely<Schema> {
    return this.#open().queries;
  }

  /**
   * What the server would do by itself in a minute: until then it counts a new
   * copy page by page, and chooses wrong indexes. Nobody waits for it.
   */
  #tidy(): void {
    this.#open()
      .pool.query('vacuum (analyze) plan_jobs, plan_streams')
      .catch(() => undefined);
  }

  /** One transaction, until whose end nobody else can begin a higher copy. */
  async #write<R>(
    key: CopyKey,
    lock: 'for share' | 'for update',
    act: (client: pg.PoolClient) => Promise<R>,
  ): Promise<R> {
    return await this.guarded(async () => {
      const client = await this.#open().pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('begin');
        refuseSuperseded(await mirrorOf(client, lock), key);
        const result = await act(client);
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch((why: Error) => {
          broken = why;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    });
  }

  #open(): { readonly pool: pg.Pool; readonly queries: Kysely<Schema> } {
    if (this.#pool === undefined || this.#queries === undefined)
      throw new Error('not connected at present');
    return { pool: this.#pool, queries: this.#queries };
  }
}

async function mirrorOf(
  client: pg.Pool | pg.PoolClient,
  lock: '' | 'for share' | 'for update',
): Promise<MirrorTable> {
  const { rows } = await client.query<MirrorTable>(
    `select * from plan_mirror where id = 1 ${lock}`,
  );
  return rows[0] as MirrorTable;
}

async function move(
  client: pg.PoolClient,
  { syncid }: CopyKey,
  { lane, incarnation, seq }: LanePosition,
): Promise<void> {
  await client.query(
    `insert into plan_lanes (syncid, lane, incarnation, seq) values ($1, $2, $3, $4)
     on conflict (syncid, lane) do update set incarnation = excluded.incarnation, seq = excluded.seq`,
    [syncid, lane, incarnation, seq],
  );
}

async function copyInto(client: pg.PoolClient, table: TableName, rows: Buffer): Promise<void> {
  const { from } = await import('pg-copy-streams');
  const { columns, table: name } = SHAPES[table];
  const stream = client.query(from(`copy ${name} (${columns.join(', ')}) from stdin`));
  const done = finished(stream);
  if (!stream.write(rows)) await Promise.race([once(stream, 'drain'), done]);
  stream.end();
  await done;
}
