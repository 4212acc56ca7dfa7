import { storeContract } from '@ftctl/sdk/contract';
import { describe, it, onTestFinished } from 'vitest';
import { LmdbHarness } from './lmdb-harness.ts';

describe('the store contract, on LMDB', () => {
  for (const { requirement, run } of storeContract) {
    it(requirement, async () => {
      const harness = new LmdbHarness();
      onTestFinished(() => harness.dispose());
      await run(harness);
    });
  }
});
