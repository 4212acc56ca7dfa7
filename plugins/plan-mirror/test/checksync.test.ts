import { expect, it } from 'vitest';
import { OneHost } from './simulation/one-host.ts';

const EQUAL = 'FTPM006I';

it('compares from the moment that it is asked on: who asks during a check gets the next one', async () => {
  const one = new OneHost(5);
  await one.world.run(5_000);
  const ended = () => one.mirror.captured.messages.filter(({ id }) => id === EQUAL).length;
  const ask = () => one.mirror.command('checksync', { options: { timeout: '60' } });
  const first = ask();
  await one.world.run(250);
  expect(ended()).toBe(0);
  const [second, third] = [ask(), ask()];
  const results = await one.world.settle(Promise.all([first, second, third]), 'checks', 60_000);
  expect(results.map(({ data }) => (data as { state: string }).state)).toEqual(
    Array.from({ length: 3 }, () => 'equal'),
  );
  expect(ended()).toBe(2);
});
