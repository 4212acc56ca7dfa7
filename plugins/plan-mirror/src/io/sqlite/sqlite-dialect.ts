import type { Cell } from '@ftctl/plan/source';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqliteConnection } from './connection.ts';

/** Kysely over a connection that may be in another thread; for reading alone. */
export class ReadingDialect implements Dialect {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  createDriver(): Driver {
    return new ReadingDriver(this.#connection);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }
}

class ReadingDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = {
      async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
        return { rows: (await connection.all(sql, parameters as readonly Cell[])) as R[] };
      },
      // biome-ignore lint/correctness/useYield: nothing is ever streamed here
      async *streamQuery<R>(): AsyncGenerator<QueryResult<R>> {
        throw new Error('rows come all at once');
      },
    };
  }

  init = done;

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw new Error('this connection reads');
  }

  commitTransaction = done;

  rollbackTransaction = done;

  releaseConnection = done;

  destroy = done;
}

async function done(): Promise<void> {
  // There is nothing to do for a connection that somebody else opens and closes.
}
