import type { Table, Transaction } from '@ftctl/sdk';
import type { StoredRow } from '../../../src/core/switcher/types.ts';
import type { Plant } from '../tws-network.ts';
import { replaced, withCommit } from './planted-store.ts';

/** Epochs are obeyed and votes answered, and neither is stored. */
export const votesNotStored: Plant = {
  context: (ctx) =>
    withCommit(ctx, (store, apply) => store.commit((tx) => apply(withoutVotes(tx)))),
};

function withoutVotes(tx: Transaction): Transaction {
  const put = (table: Table<unknown>, key: string, value: unknown) => {
    const before = table.name === 'switchers' ? tx.get(table, key) : undefined;
    tx.put(table, key, before === undefined ? value : forgetful(value as StoredRow, before));
  };
  return replaced(tx, { put });
}

function forgetful(row: StoredRow, before: unknown): StoredRow {
  const { promised: _promised, ...rest } = row;
  const { epoch, claimed, opened } = before as StoredRow;
  return { ...rest, epoch, claimed, opened };
}
