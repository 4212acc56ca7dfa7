import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, it } from 'vitest';
import { PostgresDatabase } from '../src/io/postgres/postgres-database.ts';
import { databaseContract } from './database-contract.ts';

const URL = process.env.FTCTL_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';

async function isReachable(): Promise<boolean> {
  const client = new pg.Client({ connectionString: URL, connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

if (await isReachable()) {
  databaseContract({
    kind: 'PostgreSQL',
    async make() {
      const schema = `ft mirror ${randomUUID().slice(0, 8)}`;
      return {
        open: () => new PostgresDatabase({ url: URL, schema, connections: 4 }),
        async remove() {
          const client = new pg.Client({ connectionString: URL });
          await client.connect();
          await client.query(`drop schema ${pg.escapeIdentifier(schema)} cascade`);
          await client.end();
        },
      };
    },
  });
} else {
  describe('PostgreSQL as a mirror', () => {
    it.skip(`no server answers at ${URL.replace(/:[^:@/]*@/, '@')}: set FTCTL_POSTGRES`, () =>
      undefined);
  });
}
