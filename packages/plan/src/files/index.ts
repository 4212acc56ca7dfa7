export { sizeProblem } from './check-definitions.ts';
export { type ImportedWorkflow, type ImportOptions, importWorkflow } from './import-workflow.ts';
export { parseDefinitions } from './parse-definitions.ts';
export { parseTopology } from './parse-topology.ts';
export { renderDefinitions } from './render-definitions.ts';
