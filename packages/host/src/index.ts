export type { HostConfig, LogLevel, PluginConfig } from './config-types.ts';
export { hostErrors } from './errors.ts';
export type { LockedPlugin, Lockfile } from './lockfile-types.ts';
export {
  checkApi,
  MANIFEST_FILE,
  MAX_PLUGIN_JSON_BYTES,
  parseManifest,
  readManifest,
  readPluginJson,
} from './manifest.ts';
export { type HomePaths, homePaths, resolveHome } from './paths.ts';
export type { RunRecord } from './run-record.ts';
export type { HostStatus, PluginState, PluginStatus } from './status.ts';
