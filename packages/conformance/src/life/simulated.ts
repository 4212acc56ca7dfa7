import type { Manifest, PluginContext, PluginDefinition } from '@ftctl/sdk';
import { World } from '@ftctl/sim';
import { type LifeCycleHarness, limitsOf, type SetUp } from './harness.ts';
import { watchSetup } from './watch-setup.ts';

/** Virtual time follows real time in steps of this size, so that real input and output work too. */
const PACE_MS = 5;

/** How long the end of a simulated world may take, virtual milliseconds. */
const CLOSE_WITHIN_MS = 1_000;

export interface SimulatedLifeOptions {
  readonly definition: PluginDefinition;
  readonly manifest: Pick<Manifest, 'id' | 'commands' | 'limits'>;
  /** Already valid, defaults filled in. */
  readonly config: unknown;
  /** Decides everything left to chance. Default 1. */
  readonly seed?: number | string;
  /** Other hosts of its world; nobody answers there. */
  readonly peers?: readonly string[];
}

/**
 * A harness whose worlds are simulated: store, link and clock are, and the
 * plugin's own input and output is real. Time passes as fast as outside.
 */
export function simulatedLife(options: SimulatedLifeOptions): LifeCycleHarness {
  const { definition, manifest } = options;
  return {
    definition,
    limits: limitsOf(manifest),
    commands: manifest.commands,
    setUp: () => setUp(options),
  };
}

async function setUp(options: SimulatedLifeOptions): Promise<SetUp> {
  const { definition, manifest, config, seed = 1, peers = [] } = options;
  const world = new World({ seed });
  for (const peer of peers) world.addHost(peer);
  const ctx = await contextIn(world, manifest.id, config);
  const pace = keepPace(world);
  const watched = watchSetup(ctx);
  try {
    const instance = await definition.setup(watched.ctx);
    watched.endSetup();
    return { instance, effects: watched.used, close: pace.stop };
  } catch (error) {
    await pace.stop();
    throw error;
  }
}

/** What a plugin of that id is handed in this world; a stand-in keeps it alive. */
async function contextIn(world: World, id: string, config: unknown): Promise<PluginContext> {
  let handed: PluginContext | undefined;
  const idle = () => undefined;
  const standIn: PluginDefinition = {
    setup(ctx) {
      handed = ctx;
      return { start: idle, stop: idle, health: () => ({ state: 'ok' }) };
    },
  };
  const plugin = world.startPlugin('conformance', standIn, { id, config });
  await world.until(() => plugin.running, 'the simulated host runs');
  if (handed === undefined) throw new Error('the simulated host handed nothing out');
  return handed;
}

function keepPace(world: World): { stop(): Promise<void> } {
  let passed = performance.now();
  let stopped = false;
  const passing = (async () => {
    while (!stopped) {
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
      const now = performance.now();
      await world.run(now - passed);
      passed = now;
    }
    await world.run(CLOSE_WITHIN_MS);
  })();
  return {
    stop() {
      stopped = true;
      return passing;
    },
  };
}
