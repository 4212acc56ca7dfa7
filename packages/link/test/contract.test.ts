import { linkContract } from '@ftctl/sdk/contract';
import { describe, test } from 'vitest';
import { LoopbackNetwork } from './support/network.ts';

describe('a link over WebSockets keeps the contract', () => {
  test.each(linkContract.map((one) => [one.requirement, one] as const))('%s', async (_, one) => {
    const network = await LoopbackNetwork.open();
    try {
      await one.run(network);
    } finally {
      await network.close();
    }
  });
});
