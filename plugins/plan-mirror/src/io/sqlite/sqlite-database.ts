import type { Cell, FacetName, RowChange, SinfoniaHead, TableName } from '@ftctl/plan/source';
import { Kysely } from 'kysely';
import type { LanePosition } from '../../core/resume.ts';
import type { CopyKey, DatabaseState, FacetRow, MirrorDatabase } from '../../database.ts';
import { copyRows } from '../sql/copy-rows.ts';
import { stateOf } from '../sql/fence.ts';
import { type Group, inOrder } from '../sql/groups.ts';
import { type RowCells, SHAPES, tableOf } from '../sql/rows.ts';
import type { MirrorTable, Schema } from '../sql/schema.ts';
import { SqlDatabase } from '../sql/sql-database.ts';
import {
  COPY_TABLES,
  HISTORY_COLUMNS,
  historyCells,
  onNewer,
  SWEEP_ROWS,
  tableName,
  upsertColumns,
} from '../sql/statements.ts';
import type { SqliteConnection, Step } from './connection.ts';
import { packRows, type Target } from './packed-rows.ts';
import { ReadingDialect } from './sqlite-dialect.ts';

/** Rows that one transaction of a load writes: the thread is free for others in between. */
const LOAD_ROWS = 2_000;
/** Such transactions that wait for the thread. */
const LOADS_UNDER_WAY = 3;

/** Makes a connection to a file; it is not open yet. */
export type Connect = (path: string) => SqliteConnection;

interface Connections {
  readonly writer: SqliteConnection;
  readonly reader: SqliteConnection;
  readonly queries: Kysely<Schema>;
}

/** The mirror in a file of SQLite: one writer, and readers beside it. */
export class SqliteDatabase extends SqlDatabase implements MirrorDatabase {
  readonly name: string;
  readonly #path: string;
  readonly #connect: Connect;
  #connections: Connections | undefined;

  constructor(path: string, connect: Connect) {
    super();
    this.#path = path;
    this.#connect = connect;
    this.name = `SQLite ${path}`;
  }

  async open(): Promise<void> {
    const writer = this.#connect(this.#path);
    const reader = this.#connect(this.#path);
    const queries = new Kysely<Schema>({ dialect: new ReadingDialect(reader) });
    this.#connections = { writer, reader, queries };
    await this.guarded(async () => {
      await writer.open(true);
      await reader.open(false);
    });
  }

  async close(): Promise<void> {
    const connections = this.#connections;
    this.#connections = undefined;
    await connections?.reader.close();
    await connections?.writer.close();
  }

  async state(): Promise<DatabaseState> {
    return await this.guarded(async () => {
      const { writer } = this.#open();
      const [mirror] = await writer.all('select * from plan_mirror where id = 1', []);
      return await stateOf(mirror as unknown as MirrorTable, async (syncid) => {
        const lanes =
          'select lane, incarnation, seq from plan_lanes where syncid = ? order by lane';
        return (await writer.all(lanes, [syncid])) as unknown as LanePosition[];
      });
    });
  }

  async claim(key: CopyKey): Promise<void> {
    const sql = 'update plan_mirror set claimed_epoch = ?, claimed_syncid = ?';
    await this.#write(key, [{ sql, parameters: [key.epoch, key.syncid] }]);
  }

  async load(
    key: CopyKey,
    head: SinfoniaHead,
    pieces: AsyncIterable<readonly FacetRow[]>,
  ): Promise<void> {
    // What a load that was cut off has left behind.
    await this.#write(
      key,
      COPY_TABLES.map(([table]) => {
        return { sql: `delete from ${table} where syncid = ?`, parameters: [key.syncid] };
      }),
    );
    // What is ready is written while the next rows are read.
    const underWay: Promise<unknown>[] = [];
    let waiting = new Map<TableName, RowCells[]>();
    let count = 0;
    const flush = async () => {
      if (underWay.length === LOADS_UNDER_WAY) await underWay.shift();
      const steps = [...waiting].flatMap(([table, rows]) => insert(SHAPES[table], rows));
      const written = this.#write(key, steps);
      // Seen where it is waited for.
      written.catch(() => undefined);
      underWay.push(written);
      waiting = new Map();
      count = 0;
    };
    for await (const piece of copyRows(head, pieces)) {
      for (const [table, cells] of piece) {
        const rows = waiting.get(table);
        if (rows === undefined) waiting.set(table, [cells]);
        else rows.push(cells);
      }
      count += piece.length;
      if (count >= LOAD_ROWS) await flush();
    }
    await flush();
    for (const written of underWay) await written;
  }

  async show(key: CopyKey, head: SinfoniaHead, lanes: readonly LanePosition[]): Promise<void> {
    const { epoch, syncid } = key;
    await this.#write(key, [
      ...lanes.map((lane) => moveTo(key, lane)),
      {
        sql: 'update plan_mirror set shown_epoch = ?, shown_syncid = ?, run = ?, made_at_ms = ?, taken_at_ms = ?',
        parameters: [epoch, syncid, head.plan.run, head.madeAtMs, head.takenAtMs],
      },
    ]);
  }

  async apply(key: CopyKey, changes: readonly RowChange[], position: LanePosition): Promise<void> {
    const steps = inOrder(changes).flatMap((group) => stepsOf(key, group));
    await this.#write(key, [...steps, moveTo(key, position)]);
  }

  async sweep(key: CopyKey, beforeMs: number): Promise<number> {
    for (const [table, name] of COPY_TABLES) {
      const rows = `select syncid, ${name} from ${table} where syncid < ? limit ${SWEEP_ROWS}`;
      const sql = `delete from ${table} where (syncid, ${name}) in (${rows})`;
      const deleted = await this.#write(key, [{ sql, parameters: [key.syncid] }]);
      if (deleted > 0) return deleted;
    }
    const rows = `select id, era, n from plan_job_history where at_ms < ? limit ${SWEEP_ROWS}`;
    const sql = `delete from plan_job_history where (id, era, n) in (${rows})`;
    return await this.#write(key, [{ sql, parameters: [beforeMs] }]);
  }

  protected queries(): Kysely<Schema> {
    return this.#open().queries;
  }

  #write(key: CopyKey, steps: readonly Step[]): Promise<number> {
    return this.guarded(() => this.#open().writer.write(key, steps));
  }

  #open(): Connections {
    if (this.#connections === undefined) throw new Error('not connected at present');
    return this.#connections;
  }
}

function stepsOf({ syncid }: CopyKey, group: Group): readonly Step[] {
  if ('gone' in group) {
    const from = tableName(group.gone);
    const sql = `delete from ${from} where syncid = ? and id in (select value from json_each(?))`;
    return [{ sql, parameters: [syncid, JSON.stringify(group.ids)] }];
  }
  if ('history' in group) return insert(HISTORY, group.history.map(historyCells));
  const rows = [...group.changes.values()].map(({ id, cells, version }) => [
    syncid,
    id,
    ...cells,
    version.era,
    version.n,
  ]);
  return insert(upsertOf(group.facet), rows);
}

function insert(target: Target, rows: readonly RowCells[]): readonly Step[] {
  return packRows(target, rows).map((packed) => ({ rows: packed }));
}

const HISTORY: Target = {
  table: 'plan_job_history',
  columns: HISTORY_COLUMNS,
  onConflict: 'on conflict do nothing',
};

const UPSERTS = new Map<FacetName, Target>();

function upsertOf(facet: FacetName): Target {
  const known = UPSERTS.get(facet);
  if (known !== undefined) return known;
  const [table, columns] = [tableName(tableOf(facet)), upsertColumns(facet)];
  const target = { table, columns, onConflict: onNewer(facet) };
  UPSERTS.set(facet, target);
  return target;
}

function moveTo({ syncid }: CopyKey, { lane, incarnation, seq }: LanePosition): Step {
  const sql = `insert into plan_lanes (syncid, lane, incarnation, seq) values (?, ?, ?, ?)
    on conflict (syncid, lane) do update set incarnation = excluded.incarnation, seq = excluded.seq`;
  const parameters: readonly Cell[] = [syncid, lane, incarnation, seq];
  return { sql, parameters };
}
