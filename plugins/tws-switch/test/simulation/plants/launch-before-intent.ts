import type { Table, Transaction } from '@ftctl/sdk';
import type { Plant } from '../tws-network.ts';
import { replaced, withCommit } from './planted-store.ts';

/** A job is launched while the commit of its intent is on its way to the disk. */
export const launchBeforeIntent: Plant = {
  context: (ctx) =>
    withCommit(ctx, (store, apply) => {
      let hasIntent = false;
      return new Promise((resolve, reject) => {
        const stored = store.commit((tx) => {
          const put = (table: Table<unknown>, key: string, value: unknown) => {
            hasIntent ||= table.name === 'Jobtable';
            tx.put(table, key, value);
          };
          const result = apply(replaced<Transaction>(tx, { put }));
          if (hasIntent) resolve(result);
          return result;
        });
        stored.then(resolve, reject);
      });
    }),
};
