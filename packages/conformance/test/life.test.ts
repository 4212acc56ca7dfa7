import type { PluginContext, PluginInstance } from '@ftctl/sdk';
import { definePlugin } from '@ftctl/sdk';
import { describe, expect, it } from 'vitest';
import { lifeCycleChecks } from '../src/life/cases.ts';
import { runChecks } from '../src/requirement.ts';
import { lifeCycleContract, simulatedLife } from '../src/testing.ts';

const LIMITS = { startMs: 200, drainMs: 200 };

function harness(setup: (ctx: PluginContext) => PluginInstance) {
  return simulatedLife({
    definition: definePlugin({ setup }),
    manifest: { id: 'tried', limits: LIMITS },
    config: {},
  });
}

const idle = () => undefined;
const healthy: PluginInstance = { start: idle, stop: idle, health: () => ({ state: 'ok' }) };
const never = () => new Promise<never>(idle);

async function failedOf(setup: (ctx: PluginContext) => PluginInstance): Promise<string[]> {
  const results = await runChecks(lifeCycleChecks, harness(setup));
  return results.filter(({ status }) => status === 'failed').map(({ id }) => id);
}

describe('the life cycle suite', () => {
  it('passes a plugin that stores, waits and asks the clock, in its own test as well', async () => {
    const setup = (ctx: PluginContext): PluginInstance => {
      let beats = 0;
      let timer: { cancel(): void } | undefined;
      return {
        async start() {
          const table = ctx.store.table('t', { encode: Buffer.from, decode: String });
          await ctx.store.commit((tx) => tx.put(table, 'key', 'value'));
          expect(table.get('key')).toBe('value');
          timer = ctx.clock.setTimer(10, () => {
            beats += 1;
          });
        },
        stop: () => timer?.cancel(),
        health: () => ({ state: 'degraded', reason: `${beats} beats` }),
      };
    };
    expect(await failedOf(setup)).toEqual([]);
    for (const { run } of lifeCycleContract) await run(harness(setup));
  });

  const broken: readonly [string, (ctx: PluginContext) => PluginInstance][] = [
    [
      'FTC-LIFE-SETUP',
      (ctx) => {
        ctx.clock.setTimer(10, idle);
        return healthy;
      },
    ],
    [
      'FTC-LIFE-SETUP',
      (ctx) => {
        ctx.capability('plan.source');
        return healthy;
      },
    ],
    [
      'FTC-LIFE-SETUP',
      () => {
        throw new Error('no');
      },
    ],
    ['FTC-LIFE-START', () => ({ ...healthy, start: never })],
    ['FTC-LIFE-START', () => ({ ...healthy, start: () => Promise.reject(new Error('no')) })],
    ['FTC-LIFE-HEALTH', () => ({ ...healthy, health: () => ({ state: 'failed' }) })],
    ['FTC-LIFE-HEALTH', () => ({ ...healthy, health: () => ({ state: 'fine' }) as never })],
    ['FTC-LIFE-HEALTH', () => ({ ...healthy, health: async () => ({ state: 'ok' }) }) as never],
    ['FTC-LIFE-STOP-FIRST', stopsOnly((starts) => starts > 0)],
    ['FTC-LIFE-STOP', stopsOnly((starts) => starts === 0)],
    ['FTC-LIFE-STOP-TWICE', stopsOnly((_starts, stops) => stops < 2)],
  ];
  it.each(broken)('finds %s, and nothing else', async (id, setup) => {
    expect(await failedOf(setup)).toEqual([id]);
  });

  it('compares handlers with the manifest', async () => {
    const command = (name: string, runs: 'plugin' | 'cli') => ({ name, summary: name, runs });
    const tried = simulatedLife({
      definition: definePlugin({ setup: () => healthy, cli: { read: () => () => ({ data: 1 }) } }),
      manifest: {
        id: 'tried',
        commands: { namespace: 'tried', list: [command('read', 'cli'), command('show', 'plugin')] },
      },
      config: {},
    });
    const results = await runChecks(lifeCycleChecks, tried);
    expect(results.find(({ status }) => status === 'failed')).toMatchObject({
      id: 'FTC-LIFE-HANDLERS',
      detail: expect.stringContaining('show'),
    });
  });
});

function stopsOnly(allowed: (starts: number, stops: number) => boolean) {
  return (): PluginInstance => {
    let starts = 0;
    let stops = 0;
    return {
      ...healthy,
      start: () => {
        starts += 1;
      },
      stop: () => {
        stops += 1;
        if (!allowed(starts, stops)) throw new Error('it cannot be stopped now');
      },
    };
  };
}
