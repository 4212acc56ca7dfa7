import type { ContractCase } from '@ftctl/sdk/contract';
import { lifeCycleChecks } from './cases.ts';
import type { LifeCycleHarness } from './harness.ts';

/**
 * The life cycle suite as a list of cases, for a plugin's own tests:
 *
 *   const harness = simulatedLife({ definition: plugin, manifest, config });
 *   for (const { requirement, run } of lifeCycleContract) {
 *     it(requirement, () => run(harness));
 *   }
 *
 * A case whose requirement the plugin does not claim passes at once.
 */
export const lifeCycleContract: readonly ContractCase<LifeCycleHarness>[] = lifeCycleChecks.map(
  ({ id, text, notClaimed, test }) => ({
    requirement: `${id}: ${text}`,
    run: async (harness) => {
      if (notClaimed?.(harness) === undefined) await test(harness);
    },
  }),
);
