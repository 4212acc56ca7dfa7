export type {
  DialTarget,
  Listener,
  ListenOptions,
  Network,
  Transport,
  TransportEvents,
} from './io/transport.ts';
export { createLink, type LinkService } from './link.ts';
export {
  DEFAULT_TIMING,
  type Directory,
  type LinkOptions,
  type LinkTiming,
  noticeLimitMs,
} from './options.ts';
