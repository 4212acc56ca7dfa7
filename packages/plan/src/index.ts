export { type Audience, audienceOf, EVERYONE } from './audience.ts';
export { checked } from './checked.ts';
export type * from './definitions.ts';
export { planErrors } from './errors.ts';
export {
  EVENT_LIMITS,
  epochSchema,
  eventSchema,
  identityEntries,
  planIdSchema,
} from './event-schema.ts';
export type * from './events.ts';
export * from './model.ts';
export { eventsOf, newsOf, type PartEvent } from './part-events.ts';
export { partCodec, partSchema } from './part-schema.ts';
export * from './parts.ts';
export { Plan } from './plan.ts';
export type { PlanIndex } from './plan-index.ts';
export { concerns, type Scope, scoped } from './scope.ts';
export {
  type CarriedForward,
  carriedForward,
  makeSymphony,
  runOf,
  type Symphony,
  type SymphonyOptions,
} from './symphony.ts';
export * from './topology.ts';
export { Tree } from './tree.ts';
export * from './version.ts';
export { candidatesOf, votersOf } from './voters.ts';
