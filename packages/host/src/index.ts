export { type CliCallOptions, openCliCall } from './cli-call.ts';
export {
  editConfig,
  removePluginEntry,
  restoreConfig,
  setIn,
  setPluginEnabled,
} from './config/edit.ts';
export { initHome } from './config/init.ts';
export { requirePluginConfig } from './config/plugin-config.ts';
export { readConfig } from './config/read.ts';
export type { HostConfig, LogLevel, PluginConfig } from './config-types.ts';
export * from './control/index.ts';
export {
  type CapabilityProblem,
  type ResolvedCapabilities,
  resolveCapabilities,
} from './core/capabilities.ts';
export type { SupervisionTimes } from './core/supervision-types.ts';
export { type DownOptions, type DownResult, downHost } from './daemon/down.ts';
export type { Changes } from './daemon/host.ts';
export { hostMain } from './daemon/host-main.ts';
export {
  type OfflinePlugin,
  type OfflineStatus,
  readOfflineStatus,
} from './daemon/offline-status.ts';
export { type RunHostOptions, type RunningHost, runHost } from './daemon/run-host.ts';
export { type StartHostOptions, startHostDetached } from './daemon/start-detached.ts';
export * from './install/index.ts';
export type { LockedPlugin, Lockfile } from './lockfile-types.ts';
export {
  checkApi,
  MANIFEST_FILE,
  readManifest,
  readPluginJson,
} from './manifest.ts';
export { hostMessages } from './messages.ts';
export {
  isRunning,
  ownIdentity,
  type ProcessIdentity,
  processStartTime,
  signalProcess,
  waitUntilGone,
} from './process-info.ts';
export type { CommandRequest, OutputEvent } from './runner/command-call.ts';
export { pluginEnvironment } from './runner/environment.ts';
export { runnerMain } from './runner/main.ts';
export type { ShownMessage } from './runner/message-sink.ts';
export type { PluginHealth } from './runner/operations.ts';
export { probePlugin } from './runner/probe-plugin.ts';
export { compileSchema, type SchemaChecker, type SchemaProblem } from './schema-check.ts';
