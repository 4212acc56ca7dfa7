export * from './case.ts';
export { linkContract } from './link.ts';
export type { LinkHarness, LinkHost, LinkHostName } from './link-harness.ts';
