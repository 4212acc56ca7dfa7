import { join } from 'node:path';
import type { MirrorIo } from './io.ts';
import { readSinfonia } from './sinfonia-reader.ts';
import { SqliteDatabase } from './sqlite/sqlite-database.ts';

/** The real world: files and databases. */
export const realIo: MirrorIo = {
  database: (ctx, { database }) =>
    new SqliteDatabase(database.path ?? join(ctx.host.home, 'mirror.db')),
  sinfonia: readSinfonia,
};
