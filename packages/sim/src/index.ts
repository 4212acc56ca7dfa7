export { Capture, type EmittedMessage, type LogLine } from './capture.ts';
export { type SimChild, type SimProgram, SimPrograms } from './child-processes.ts';
export { WORLD_EPOCH_MS } from './clock.ts';
export { simErrors } from './errors.ts';
export {
  type CutKind,
  describeFault,
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  type FaultPlan,
  type FaultPlanOptions,
  planFaults,
} from './faults.ts';
export { describeEntry, History, type HistoryEntry, type HistoryFields } from './history.ts';
export { type HostOptions, SimHost } from './host.ts';
export { type LinkSettings, noticeLimitMs } from './link/limits.ts';
export { SimLink } from './link/link.ts';
export { type CutOptions, type PathQuality, SimNetwork } from './link/network.ts';
export { SimPlugin } from './plugin.ts';
export type { PluginSource, RunState, StartOptions } from './plugin-run.ts';
export { SimProcess, type WakeKind } from './process.ts';
export { SeededRandom } from './random.ts';
export { healAll, inject, runFaults } from './run-faults.ts';
export { type Scheduled, Scheduler } from './scheduler.ts';
export {
  defineSimulation,
  describeFailure,
  expectSimulation,
  freshSeed,
  type RunOutcome,
  runOnce,
  runSimulation,
  type Simulation,
  type SimulationOptions,
  type SimulationReport,
  summaryLine,
} from './simulation.ts';
export { type FlushTime, SimDisk, StoreFile } from './store/disk.ts';
export { StoreState } from './store/state.ts';
export { SimStore } from './store/store.ts';
export { type PluginFailure, World, type WorldOptions } from './world.ts';
