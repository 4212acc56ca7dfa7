/**
 * For plugin authors: the simulated world, and the life cycle suite as cases
 * for a plugin's own tests.
 */
export * from '@ftctl/sim';
export { lifeCycleContract } from './life/contract.ts';
export type { LifeCycleHarness, SetUp } from './life/harness.ts';
export { type SimulatedLifeOptions, simulatedLife } from './life/simulated.ts';
