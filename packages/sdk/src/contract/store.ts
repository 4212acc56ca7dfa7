import type { ContractCase } from './case.ts';
import { commitCases } from './store-commit.ts';
import { failureCases } from './store-failure.ts';
import type { StoreHarness } from './store-harness.ts';
import { inspectionCases } from './store-inspection.ts';
import { logCases } from './store-log.ts';
import { overflowCases } from './store-overflow.ts';
import { resizeCases } from './store-resize.ts';
import { stateCases } from './store-state.ts';
import { topicCases } from './store-topic.ts';

/** What every store keeps, the real one and the simulated one. */
export const storeContract: readonly ContractCase<StoreHarness>[] = [
  ...commitCases,
  ...logCases,
  ...overflowCases,
  ...resizeCases,
  ...stateCases,
  ...inspectionCases,
  ...failureCases,
  ...topicCases,
];
