import type { Health, PluginInstance } from '@ftctl/sdk';
import type { Check } from '../requirement.ts';
import type { LifeCycleHarness } from './harness.ts';
import { within } from './within.ts';

/** `setup` has no limit of its own in the manifest. */
const SETUP_WITHIN_MS = 5_000;
/** `health()` answers from memory: a millisecond on a good day, with room for a loaded machine. */
const HEALTH_WITHIN_MS = 100;
const HEALTH_STATES = ['ok', 'degraded', 'failed'];

const SET_UP = ['FTC-LIFE-SETUP'];
const STARTS = ['FTC-LIFE-START'];

/** The life cycle, on the plugin's code itself, in any world. */
export const lifeCycleChecks: readonly Check<LifeCycleHarness>[] = [
  {
    id: 'FTC-LIFE-SETUP',
    level: 'MUST',
    text: '`setup` keeps what it is handed and uses none of it but config, host and log.',
    test: (harness) =>
      withInstance(harness, async (_instance, effects) => {
        if (effects.length > 0) throw new Error(`it used ${effects.join(', ')}`);
      }),
  },
  {
    id: 'FTC-LIFE-HANDLERS',
    level: 'MUST',
    text: 'Every command that the manifest declares has a handler, and the reverse.',
    needs: SET_UP,
    notClaimed: ({ commands }) => (commands ? undefined : 'it has no commands'),
    test: (harness) =>
      withInstance(harness, async (instance) => {
        compareHandlers(harness, 'plugin', instance.commands);
        compareHandlers(harness, 'cli', harness.definition.cli);
      }),
  },
  {
    id: 'FTC-LIFE-STOP-FIRST',
    level: 'MUST',
    text: '`stop` works before `start`.',
    needs: SET_UP,
    test: (harness) =>
      withInstance(harness, async (instance) => {
        await within(harness.limits.drainMs, 'stop() before start()', () => instance.stop());
      }),
  },
  {
    id: 'FTC-LIFE-START',
    level: 'MUST',
    text: '`start` returns within `limits.startMs`.',
    needs: SET_UP,
    test: (harness) => withStarted(harness, async () => undefined),
  },
  {
    id: 'FTC-LIFE-HEALTH',
    level: 'MUST',
    text: '`health` answers at once, with a state, and a reason when it is not ok.',
    needs: STARTS,
    test: (harness) =>
      withStarted(harness, async (instance) => {
        const started = performance.now();
        const health = instance.health();
        const took = performance.now() - started;
        checkHealth(health);
        if (took > HEALTH_WITHIN_MS) throw new Error(`it took ${Math.round(took)} ms`);
      }),
  },
  {
    id: 'FTC-LIFE-STOP',
    level: 'MUST',
    text: '`stop` ends all work within `limits.drainMs`.',
    needs: STARTS,
    test: (harness) => withStarted(harness, (instance) => stop(harness, instance, 'stop()')),
  },
  {
    id: 'FTC-LIFE-STOP-TWICE',
    level: 'MUST',
    text: '`stop` works twice.',
    needs: ['FTC-LIFE-STOP'],
    test: (harness) =>
      withStarted(harness, async (instance) => {
        await stop(harness, instance, 'stop()');
        await stop(harness, instance, 'the second stop()');
      }),
  },
];

/** Sets a plugin up, and ends its world whatever comes. */
async function withInstance(
  harness: LifeCycleHarness,
  use: (instance: PluginInstance, effects: readonly string[]) => Promise<void>,
): Promise<void> {
  const { instance, effects, close } = await within(SETUP_WITHIN_MS, 'setup()', () =>
    harness.setUp(),
  );
  try {
    await use(instance, effects);
  } finally {
    await close();
  }
}

/** The same with the plugin started; it is stopped afterwards, too. */
function withStarted(
  harness: LifeCycleHarness,
  use: (instance: PluginInstance) => Promise<void>,
): Promise<void> {
  return withInstance(harness, async (instance) => {
    const { startMs, drainMs } = harness.limits;
    try {
      await within(startMs, 'start()', () => instance.start());
      await use(instance);
    } finally {
      // What it has opened must not disturb the next test; how it stops is a test of its own.
      await within(drainMs, 'stop()', () => instance.stop()).catch(() => undefined);
    }
  });
}

function stop(harness: LifeCycleHarness, instance: PluginInstance, what: string): Promise<void> {
  return within(harness.limits.drainMs, what, () => instance.stop());
}

function checkHealth(health: Health): void {
  if (typeof health !== 'object' || health === null) throw new Error('it answered no object');
  if ('then' in health) throw new Error('it answered a promise');
  if (!HEALTH_STATES.includes(health.state)) {
    throw new Error(`it answered the state ${JSON.stringify(health.state)}`);
  }
  if (health.state !== 'ok' && !health.reason) {
    throw new Error(`it is ${health.state} and gives no reason`);
  }
}

function compareHandlers(
  { commands }: LifeCycleHarness,
  runs: 'plugin' | 'cli',
  handlers: Readonly<Record<string, unknown>> = {},
): void {
  const declared = (commands?.list ?? [])
    .filter((command) => command.runs === runs)
    .map(({ name }) => name);
  const lacking = declared.find((name) => typeof handlers[name] !== 'function');
  if (lacking) throw new Error(`the manifest declares ${lacking} (runs: ${runs}), no code has it`);
  const extra = Object.keys(handlers).find((name) => !declared.includes(name));
  if (extra) throw new Error(`the code has ${extra} (runs: ${runs}), the manifest lacks it`);
}
