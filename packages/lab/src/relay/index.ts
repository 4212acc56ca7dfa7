/** The relay alone, light to load: for its own process, and for tests that need no hosts. */
export type { Cut, CutOptions } from './cuts.ts';
export { Relay, type RelayStatus, type RoutePort } from './relay.ts';
export { type CutRequest, type RelayTask, runRelayProcess } from './relay-process.ts';
export type { FindPort, RouteName } from './route.ts';
