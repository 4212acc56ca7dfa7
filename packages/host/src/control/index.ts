/**
 * The control sockets alone, light to load: what a program needs that only asks
 * a host or a plugin, and what one needs that serves such a socket itself.
 */
export { hostErrors } from '../errors.ts';
export { type HomePaths, homePaths, resolveHome } from '../paths.ts';
export { type RunRecord, readLiveRecord, readRunRecord } from '../run-record.ts';
export type { HostStatus, PluginState, PluginStatus, TlsStatus } from '../status.ts';
export { callHost, callPlugin, openPluginCall } from './call.ts';
export { type CallOptions, callControl, callOver, type OpenCall, openCall } from './client.ts';
export { ANSWER_WITHIN_MS, type CallSignal } from './protocol.ts';
export type {
  ControlCall,
  ControlOperation,
  ControlOperations,
  ServeOptions,
} from './serve-connection.ts';
export { type ControlServer, serveControl } from './server.ts';
export { ensureSocketFolder } from './socket-folder.ts';
