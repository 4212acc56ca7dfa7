import { World } from '@ftctl/sim';
import { expect, it } from 'vitest';
import { account, MASTER, ProbePair, SLAVE } from './simulation/probe-pair.ts';

it('keeps events in memory while the disk is full, says so, and stores them afterwards', async () => {
  const pair = new ProbePair(new World({ seed: 3 }));
  const { world } = pair;
  await world.run(1_000);
  const send = async (word: string) => {
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
      pair.send(`${word} ${letter}.`, 'rfc3164');
      await world.run(20);
    }
  };
  await send('before');
  for (const host of [MASTER, SLAVE]) world.host(host).disk.fill();
  await send('while');
  await world.run(3_000);
  expect(pair.plugin(MASTER).health()).toMatchObject({ state: 'degraded' });
  for (const host of [MASTER, SLAVE]) world.host(host).disk.free();
  await send('after');
  await world.run(20_000);
  const { lost, duplicated } = account(pair);
  expect({ lost, duplicated }).toEqual({ lost: [], duplicated: [] });
  const told = pair.plugin(MASTER).captured.messages.map((message) => message.id);
  expect(told).toEqual(['FTOP001I', 'FTOP006E', 'FTOP007I']);
});
