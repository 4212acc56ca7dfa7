import type { PlanEvent } from './events.ts';
import type { Part } from './parts.ts';

type AddEvent = Extract<PlanEvent, { readonly k: 'add' }>;
/** An event that says something of a part. */
export type PartEvent = AddEvent | Extract<PlanEvent, { readonly s: unknown }>;

/**
 * A part as the events that say all of it, with the versions that its owners
 * gave: whoever applies them has the part, whoever says them. A request is not
 * among them: it is told by its own message alone, for it may be executed once.
 */
export function eventsOf(part: Part): readonly PartEvent[] {
  switch (part.kind) {
    case 'job': {
      const { id, def, s, g } = part;
      return [
        ...(def === undefined ? [] : [added({ jobs: [def] })]),
        ...(s === undefined ? [] : [{ k: 'job', id, s } as const]),
        ...(g === undefined ? [] : [{ k: 'grant', id, s: g } as const]),
      ];
    }
    case 'stream': {
      const { id, def, s } = part;
      return [
        ...(def === undefined ? [] : [added({ streams: [def] })]),
        ...(s === undefined ? [] : [{ k: 'stream', id, s } as const]),
      ];
    }
    case 'prompt': {
      const { id, def, s } = part;
      return [
        ...(def === undefined ? [] : [added({ prompts: [def] })]),
        ...(s === undefined ? [] : [{ k: 'prompt', id, s } as const]),
      ];
    }
    case 'cpu': {
      const { id: ws, s, links, linked, dropped } = part;
      return [
        ...(s === undefined ? [] : [{ k: 'cpu', ws, s } as const]),
        ...(links === undefined ? [] : [{ k: 'links', ws, s: links } as const]),
        ...(linked === undefined ? [] : [{ k: 'linked', ws, s: linked } as const]),
        ...(dropped === undefined ? [] : [{ k: 'dropped', by: ws, s: dropped } as const]),
      ];
    }
    case 'voters':
      return [{ k: 'voters', domain: part.id, s: part.s }];
    case 'command':
      return [];
  }
}

/**
 * Events that say what a part has and had not before.
 *
 * @param before the part as it was; undefined when it was not there
 */
export function newsOf(before: Part | undefined, after: Part): readonly PartEvent[] {
  const known = new Set(before === undefined ? [] : eventsOf(before).map(contentOf));
  return eventsOf(after).filter((event) => !known.has(contentOf(event)));
}

/** A copy keeps the object that a status or a definition came in, so one is known by itself. */
function contentOf(event: PartEvent): unknown {
  return event.k === 'add' ? (event.streams[0] ?? event.jobs[0] ?? event.prompts[0]) : event.s;
}

function added(some: Partial<Omit<AddEvent, 'k'>>): AddEvent {
  return { k: 'add', streams: [], jobs: [], prompts: [], ...some };
}
