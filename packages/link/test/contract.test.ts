import { linkContract } from '@ftctl/sdk/contract';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { LoopbackNetwork } from './support/network.ts';
import { TestSite } from './support/site.ts';

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

describe('a link over TLS keeps the contract', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await TestSite.make();
  });
  afterAll(() => site.remove());

  test.each(linkContract.map((one) => [one.requirement, one] as const))('%s', async (_, one) => {
    const network = await LoopbackNetwork.open(site);
    try {
      await one.run(network);
    } finally {
      await network.close();
    }
  });
});
