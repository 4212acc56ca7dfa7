import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDatabase } from '../src/io/sqlite/sqlite-database.ts';
import { SqliteFile } from '../src/io/sqlite/sqlite-file.ts';
import { databaseContract } from './database-contract.ts';

databaseContract({
  kind: 'SQLite',
  async make() {
    const folder = await mkdtemp(join(tmpdir(), 'ft-mirror-'));
    return {
      open: () => new SqliteDatabase(join(folder, 'mirror.db'), (path) => new SqliteFile(path)),
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
});
