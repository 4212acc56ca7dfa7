export * from './case.ts';
export { linkContract } from './link.ts';
export type { LinkHarness, LinkHost, LinkHostName } from './link-harness.ts';
export { storeContract } from './store.ts';
export type { OpenOptions, StoreHarness, StoreUnderTest } from './store-harness.ts';
