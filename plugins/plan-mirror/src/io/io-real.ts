import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { MirrorIo } from './io.ts';
import { PostgresDatabase } from './postgres/postgres-database.ts';
import { readSinfonia } from './sinfonia-reader.ts';
import { SqliteDatabase } from './sqlite/sqlite-database.ts';
import { SqliteThread } from './sqlite/thread.ts';

/** For the state, a sweep and queries beside the lanes. */
const MORE_CONNECTIONS = 3;

// Bundled into `dist`, and this with it.
const THREAD = new URL('io/sqlite/thread-main.js', import.meta.url);
const inThread = (file: string) => new SqliteThread(THREAD, file);

/** The real world: files and databases. */
export const realIo: MirrorIo = {
  database(ctx, { database, lanes }) {
    const { kind, path, url = '', schema } = database;
    return kind === 'postgres'
      ? new PostgresDatabase({ url, schema, connections: lanes + 1 + MORE_CONNECTIONS })
      : new SqliteDatabase(path ?? join(ctx.host.home, 'mirror.db'), inThread);
  },
  sinfonia: readSinfonia,
  standBack: () => setPriority(constants.priority.PRIORITY_BELOW_NORMAL),
};
