export { Capture, type EmittedMessage, type LogLine } from './capture.ts';
export {
  type Checker,
  inOrder,
  judge,
  type NothingLostOptions,
  nothingLost,
  nothingTwice,
  type OneHolderOptions,
  oneHolder,
} from './checkers.ts';
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
  faultMs,
} from './faults.ts';
export {
  describeEntry,
  HISTORY_VERSION,
  History,
  type HistoryEntry,
  type HistoryFields,
  historyLines,
} from './history.ts';
export { type HostOptions, SimHost } from './host.ts';
export { type LinkSettings, noticeLimitMs } from './link/limits.ts';
export { SimLink } from './link/link.ts';
export { type CutOptions, SimNetwork } from './link/network.ts';
export type { PathQuality } from './link/paths.ts';
export { type FaultPlanOptions, planFaults } from './plan-faults.ts';
export { SimPlugin } from './plugin.ts';
export type { PluginSource, RunState, StartOptions } from './plugin-run.ts';
export { SimProcess, type WakeKind } from './process.ts';
export { SeededRandom } from './random.ts';
export {
  CHANGEABLE,
  Extent,
  type FaultChange,
  type PlannedFault,
  type Reduction,
  replayOptions,
} from './reduction.ts';
export {
  describeFailure,
  describePlan,
  type RunCounts,
  replayCommand,
  summaryLine,
} from './report.ts';
export { healAll, inject, runFaults } from './run-faults.ts';
export {
  expectSimulation,
  freshSeed,
  runSimulation,
  type SimulationOptions,
  type SimulationReport,
} from './run-many.ts';
export { type Scheduled, Scheduler } from './scheduler.ts';
export {
  describeShrunk,
  type PlayVariant,
  type ShrinkOptions,
  type Shrunk,
  shrinkRun,
} from './shrink.ts';
export {
  defineSimulation,
  type RunOptions,
  type RunOutcome,
  runOnce,
  type Simulation,
} from './simulation.ts';
export { type FlushTime, SimDisk, StoreFile } from './store/disk.ts';
export { StoreState } from './store/state.ts';
export { SimStore } from './store/store.ts';
export { type PluginFailure, World, type WorldOptions } from './world.ts';
