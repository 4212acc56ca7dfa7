/**
 * Every simulation that `npm run sim` knows, by name: the module that exports
 * it as `simulation`, from the root of the checkout. It is bundled at each run,
 * so a run never plays an old build, and no package has to import a plugin.
 */
export const SIMULATIONS: Readonly<Record<string, string>> = {
  store: 'tools/sim/src/simulations/store.ts',
  link: 'tools/sim/src/simulations/link.ts',
  'omnibus-probe-peer': 'plugins/omnibus-probe-peer/test/simulation.ts',
  'tws-switch': 'plugins/tws-switch/test/simulation.ts',
  'plan-mirror': 'plugins/plan-mirror/test/simulation.ts',
};
