import type { FacetChange } from '@ftctl/plan/source';
import { describeError, isFtError } from '@ftctl/sdk';
import type { Kysely } from 'kysely';
import type { CopyKey } from '../../database.ts';
import { mirrorErrors } from '../../errors.ts';
import { guardedReader } from '../guarded-reader.ts';
import { queryNetwork, queryStream, queryStreamIds } from './facet-queries.ts';
import { SqlPlanReader } from './plan-reader.ts';
import type { Schema } from './schema.ts';

/** What reading a mirror has in common, whichever database it is in. */
export abstract class SqlDatabase {
  abstract readonly name: string;
  readonly reader = guardedReader(new SqlPlanReader(() => this.queries()), (read) =>
    this.guarded(read),
  );

  /** @throws Error while it is not connected */
  protected abstract queries(): Kysely<Schema>;

  async facets({ syncid }: CopyKey, stream: string | undefined): Promise<readonly FacetChange[]> {
    return await this.guarded(async () => {
      const queries = this.queries();
      return stream === undefined
        ? await queryNetwork(queries, syncid)
        : await queryStream(queries, syncid, stream);
    });
  }

  async streamIds({ syncid }: CopyKey): Promise<readonly string[]> {
    return await this.guarded(() => queryStreamIds(this.queries(), syncid));
  }

  /** @throws FtError FT_MIRROR_DATABASE for whatever is no error of ours */
  protected async guarded<R>(act: () => Promise<R>): Promise<R> {
    try {
      return await act();
    } catch (error) {
      if (isFtError(error)) throw error;
      throw mirrorErrors.DATABASE({ name: this.name, why: describeError(error) }, error);
    }
  }
}
