export { type Audience, audienceOf, EVERYONE } from './audience.ts';
export type * from './events.ts';
export * from './model.ts';
export * from './parts.ts';
export { Plan } from './plan.ts';
export type { PlanIndex } from './plan-index.ts';
export * from './topology.ts';
export { Tree } from './tree.ts';
export * from './version.ts';
