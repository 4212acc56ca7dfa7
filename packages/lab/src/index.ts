export { labErrors } from './errors.ts';
export { type Lab, type LabStatus, openLab } from './lab.ts';
export type { LabHostStatus, PluginCommand } from './lab-host.ts';
export type { PluginSoak, SoakOptions, SoakReport } from './soak.ts';
export { startLab } from './start-lab.ts';
