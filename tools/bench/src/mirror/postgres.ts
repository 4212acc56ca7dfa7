import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from, to } from 'pg-copy-streams';
import type { LoadPeer } from './load.ts';

/** As the tests reach it. */
export const POSTGRES_URL =
  process.env.FTCTL_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const TABLES = ['plan_jobs', 'plan_streams'];
const READ_BYTES = 1024 * 1024;

/** Plain COPY, in a schema of the machine's PostgreSQL for one run. */
export class PostgresPeer implements LoadPeer {
  readonly name = 'COPY';
  readonly schema: string;
  readonly #client: pg.Client;

  private constructor(client: pg.Client, schema: string) {
    this.#client = client;
    this.schema = schema;
  }

  /** @throws Error where no server answers */
  static async open(): Promise<PostgresPeer> {
    const client = new pg.Client({ connectionString: POSTGRES_URL });
    await client.connect();
    return new PostgresPeer(client, `ftctl_bench_${process.pid}`);
  }

  async prepare(folder: string): Promise<() => Promise<number>> {
    const files = await this.#dump(folder);
    return () => this.#copySeconds(files);
  }

  async close(): Promise<void> {
    await this.#client.query(`drop schema if exists ${this.schema} cascade`);
    await this.#client.end();
  }

  /** The rows of the plan that is shown, as files in COPY's own text. */
  async #dump(folder: string): Promise<readonly string[]> {
    const files: string[] = [];
    for (const table of TABLES) {
      const shown = `(select shown_syncid from ${this.schema}.plan_mirror)`;
      const rows = `select * from ${this.schema}.${table} where syncid = ${shown}`;
      const file = join(folder, `${table}.copy`);
      await pipeline(this.#client.query(to(`copy (${rows}) to stdout`)), createWriteStream(file));
      files.push(file);
    }
    return files;
  }

  /** Seconds that plain COPY takes for them, into tables of the same shape, indexes included. */
  async #copySeconds(files: readonly string[]): Promise<number> {
    for (const table of TABLES) {
      const peer = `${this.schema}.peer_${table}`;
      await this.#client.query(`drop table if exists ${peer}`);
      await this.#client.query(`create table ${peer} (like ${this.schema}.${table} including all)`);
    }
    const beganMs = performance.now();
    for (const [at, table] of TABLES.entries()) {
      const stream = this.#client.query(from(`copy ${this.schema}.peer_${table} from stdin`));
      const file = createReadStream(files[at] ?? '', { highWaterMark: READ_BYTES });
      await pipeline(file, stream);
    }
    return (performance.now() - beganMs) / 1_000;
  }
}
