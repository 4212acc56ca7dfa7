import type { StreamBatch } from '@ftctl/sdk';
import type { Envelope } from '../../../src/core/envelope.ts';
import type { Plant } from '../tws-network.ts';

/** The event counter is a highest id: whatever is above it is taken, also behind a gap. */
export const bareHighestId: Plant = {
  opened({ intake }) {
    for (const way of ['own', 'road'] as const) {
      const take = intake[way].bind(intake);
      intake[way] = (tx, batch) => take(tx, withoutPrev(batch));
    }
  },
};

function withoutPrev(batch: StreamBatch<Envelope>): StreamBatch<Envelope> {
  const entries = batch.entries.map((entry) => ({ ...entry, value: { ...entry.value, prev: 0 } }));
  return { ...batch, entries };
}
