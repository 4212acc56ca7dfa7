import type { PartKey, PlanEvent } from '@ftctl/plan';

/** Which parts of the plan an event is about. */
export function keysOf(event: PlanEvent): readonly PartKey[] {
  switch (event.k) {
    case 'job':
    case 'grant':
      return [`job/${event.id}`];
    case 'stream':
      return [`stream/${event.id}`];
    case 'prompt':
      return [`prompt/${event.id}`];
    case 'cpu':
    case 'links':
    case 'linked':
      return [`cpu/${event.ws}`];
    case 'dropped':
      return [`cpu/${event.by}`];
    case 'voters':
      return [`voters/${event.domain}`];
    case 'add':
      return [
        ...event.streams.map(({ id }): PartKey => `stream/${id}`),
        ...event.jobs.map(({ id }): PartKey => `job/${id}`),
        ...event.prompts.map(({ id }): PartKey => `prompt/${id}`),
      ];
    default:
      return [];
  }
}
