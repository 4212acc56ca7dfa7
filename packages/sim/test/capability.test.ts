import {
  answers,
  type Capability,
  type CapabilityOperation,
  definePlugin,
  type PluginContext,
} from '@ftctl/sdk';
import { beforeEach, expect, test } from 'vitest';
import { World } from '../src/index.ts';

const offer: Capability = { name: 'sums', version: 1, features: [], provider: 'provider' };

const sum: CapabilityOperation<readonly number[], number> = {
  capability: 'sums@1',
  operation: 'sum',
  question: (value) => {
    if (!Array.isArray(value)) throw new Error('no numbers');
    return value;
  },
  answer: Number,
};

let world: World;
let ctx: PluginContext;

/** A provider whose answer to no numbers takes a second, and who fails at one number. */
const provider = definePlugin({
  setup: ({ clock }) => ({
    start: () => undefined,
    stop: () => undefined,
    health: () => ({ state: 'ok' }),
    answers: [
      answers(sum, async (numbers) => {
        if (numbers.length === 1) throw new Error('one is no sum');
        if (numbers.length === 0) {
          await new Promise<void>((resolve) => clock.setTimer(1_000, resolve));
        }
        return numbers.reduce((one, other) => one + other, 0);
      }),
    ],
  }),
});

beforeEach(async () => {
  world = new World({ seed: 1 });
  world.startPlugin('a', provider, { id: 'provider', config: {} });
  const asker = definePlugin({
    setup: (given) => {
      ctx = given;
      return { start: () => undefined, stop: () => undefined, health: () => ({ state: 'ok' }) };
    },
  });
  const plugin = world.startPlugin('a', asker, { id: 'asker', config: {}, capabilities: [offer] });
  await world.until(() => plugin.running, 'both run');
});

test('a plugin asks another one of its host', async () => {
  expect(await world.settle(ctx.ask(sum, [1, 2, 4]))).toBe(7);
});

test('what nobody provides, and what the provider does not know', async () => {
  const other = { ...sum, capability: 'sums@2' };
  await expect(world.settle(ctx.ask(other, []))).rejects.toMatchObject({
    code: 'FT_CAPABILITY_NOT_PROVIDED',
  });
  const unknown = { ...sum, operation: 'product' };
  await expect(world.settle(ctx.ask(unknown, []))).rejects.toMatchObject({
    code: 'FT_CAPABILITY_NOT_ANSWERED',
  });
});

test.each([
  ['dies', () => world.host('a').plugin('provider').crash()],
  ['stands still', () => world.host('a').plugin('provider').pause()],
])('a provider that %s in the middle is away', async (_what, happen) => {
  const asked = ctx.ask(sum, [], { timeoutMs: 2_000 });
  world.after(500, happen);
  await expect(world.settle(asked)).rejects.toMatchObject({ code: 'FT_CAPABILITY_AWAY' });
});

test('one that fails tells why', async () => {
  await expect(world.settle(ctx.ask(sum, [1]))).rejects.toThrow(/one is no sum/);
});
