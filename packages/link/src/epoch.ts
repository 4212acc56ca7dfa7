import { json, type Store } from '@ftctl/sdk';

const count = json<number>('epoch', (value) => {
  if (!Number.isSafeInteger(value)) throw new Error('not a whole number');
  return value as number;
});

/** Counts this start of the link in the store, durably, and gives its number. */
export function nextEpoch(store: Store): Promise<number> {
  const table = store.table('link.self', count);
  return store.commit((tx) => {
    const epoch = (tx.get(table, 'epoch') ?? 0) + 1;
    tx.put(table, 'epoch', epoch);
    return epoch;
  });
}
