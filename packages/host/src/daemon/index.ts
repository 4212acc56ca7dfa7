/** Starting, running and stopping a host, without what installs plugins: light to load for `ftctl up`. */
export { downHost } from './down.ts';
export { hostMain } from './host-main.ts';
export { startHostDetached } from './start-detached.ts';
