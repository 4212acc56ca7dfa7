import {
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { queryStream } from './facet-queries.ts';
import type { Schema } from './schema.ts';

/** A database that breaks under each query, the second one first. */
class BreakingDriver extends DummyDriver {
  #asked = 0;

  override async acquireConnection(): Promise<DatabaseConnection> {
    return {
      executeQuery: async () => {
        this.#asked += 1;
        await new Promise((resolve) => setTimeout(resolve, 20 / this.#asked));
        throw new Error('the database is gone');
      },
      // biome-ignore lint/correctness/useYield: it is never read
      streamQuery: async function* () {
        throw new Error('nothing is streamed here');
      },
    };
  }
}

it('fails once when the database breaks under both of its queries', async () => {
  const unseen: unknown[] = [];
  const see = (error: unknown) => void unseen.push(error);
  process.on('unhandledRejection', see);
  onTestFinished(() => void process.off('unhandledRejection', see));
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new BreakingDriver(),
      createIntrospector: (own) => new PostgresIntrospector(own),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  await expect(queryStream(db, 1, 'A#S.1')).rejects.toThrow('the database is gone');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(unseen).toEqual([]);
});
