export {
  checkDefinition,
  type LabDefinition,
  type LabHostDefinition,
  parseDefinition,
  readDefinition,
} from './definition.ts';
export { labErrors } from './errors.ts';
export type { ExecOptions, ExecResult } from './exec.ts';
export type { HostProcess } from './host-processes.ts';
export { Lab, type LabStatus, openLab } from './lab.ts';
export { type KillOptions, LabHost, type LabHostState, type LabHostStatus } from './lab-host.ts';
export type { Cut, CutOptions } from './relay/cuts.ts';
export type { RelayStatus, RoutePort } from './relay/relay.ts';
export { type LabOptions, type LabSource, startLab } from './start-lab.ts';
export type { WaitOptions } from './wait.ts';
