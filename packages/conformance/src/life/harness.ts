import type { Limits, Manifest, PluginDefinition, PluginInstance } from '@ftctl/sdk';
import { DEFAULT_LIMITS } from '@ftctl/sdk';

/** A plugin after `setup`, before `start`. */
export interface SetUp {
  readonly instance: PluginInstance;
  /** What `setup` did with services that it may only keep: `store.log()`, `clock.setTimer()`. */
  readonly effects: readonly string[];
  /** Ends the world that it was set up in. */
  close(): Promise<void>;
}

/**
 * What the life cycle suite needs of a test: a plugin's code, a world to set it
 * up in as often as asked, and what its manifest promises. `simulatedLife`
 * makes one from a definition.
 */
export interface LifeCycleHarness {
  readonly definition: PluginDefinition;
  readonly limits: Required<Pick<Limits, 'startMs' | 'drainMs'>>;
  /** Commands that the manifest declares. */
  readonly commands?: Manifest['commands'] | undefined;
  setUp(): Promise<SetUp>;
}

export function limitsOf(manifest: Pick<Manifest, 'limits'>): LifeCycleHarness['limits'] {
  return { ...DEFAULT_LIMITS, ...manifest.limits };
}
