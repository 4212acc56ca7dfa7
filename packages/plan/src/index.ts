export type * from './events.ts';
export * from './model.ts';
export * from './version.ts';
