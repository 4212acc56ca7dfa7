export type * from './events.ts';
export * from './model.ts';
export * from './topology.ts';
export * from './tree.ts';
export * from './version.ts';
