import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND_EVENTS, EVENTS, event, identity } from '../test/arbitrary-event.ts';
import { jobOf, jobStatus } from '../test/figure-3.ts';
import { checked } from './checked.ts';
import { EVENT_LIMITS, eventSchema } from './event-schema.ts';
import { partCodec } from './part-schema.ts';
import { Plan } from './plan.ts';

const ALL = [...Object.entries(EVENTS), ...COMMAND_EVENTS];

describe('an event', () => {
  it.each(ALL)('%s comes out of its text as it went in', (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (one) => {
        const text = JSON.stringify(one);
        expect(checked(eventSchema, JSON.parse(text))).toEqual(one);
      }),
    );
  });

  it.each(ALL)('%s with a key that means nothing is refused', (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (one) => {
        expect(() => checked(eventSchema, { ...one, extra: 1 })).toThrow('extra: Invalid key');
      }),
      { numRuns: 10 },
    );
  });

  it('without any one of the values that it must have is refused, and the place is named', () => {
    const required: readonly (readonly [string, readonly string[]])[] = [
      ['job', ['id', 's', 's.v', 's.v.era', 's.v.n', 's.state', 's.attempt', 's.priority']],
      ['stream', ['id', 's', 's.v', 's.state', 's.priority', 's.open']],
      ['grant', ['id', 's.v', 's.attempt']],
      ['prompt', ['id', 's.v', 's.state']],
      ['cpu', ['ws', 's.limit', 's.fence', 's.run', 's.init', 's.jobman', 's.features']],
      ['links', ['ws', 's.v', 's.out', 's.in']],
      ['linked', ['ws', 's.linked']],
      ['dropped', ['by', 's.agents']],
      ['voters', ['domain', 's.voters']],
      ['add', ['streams', 'jobs', 'prompts']],
      ['command', ['owner', 'command', 'command.c']],
      ['answer', ['of', 'of.ws', 'of.inc', 'of.nonce', 'of.id', 'outcome', 'outcome.ok']],
      ['epoch', ['domain', 'epoch', 'epoch.number', 'epoch.owner']],
      ['plan', ['plan', 'plan.epoch', 'plan.run']],
    ];
    expect(required.map(([kind]) => kind).sort()).toEqual(Object.keys(EVENTS).sort());
    for (const [kind, places] of required) {
      const [one] = fc.sample(EVENTS[kind as keyof typeof EVENTS] as fc.Arbitrary<unknown>, 1);
      for (const place of places) {
        expect(() => checked(eventSchema, without(one, place)), `${kind} without ${place}`).toThrow(
          new RegExp(`^${place.replaceAll('.', '\\.')}: Invalid`),
        );
      }
    }
  });

  it.each([
    ['no object', 7, 'Invalid type'],
    ['of a kind that nobody knows', { k: 'party' }, 'k: Invalid type'],
    ['with a state that no job has', jobEvent({ state: 'GONE' }), 's.state: Invalid type'],
    ['with half a number', jobEvent({ attempt: 1.5 }), 's.attempt: Invalid safe integer'],
    ['with a number below zero', jobEvent({ attempt: -1 }), 's.attempt: Invalid value'],
    ['with a number too large to count with', jobEvent({ attempt: 2 ** 53 }), 's.attempt'],
    ['with false where only true means anything', jobEvent({ released: false }), 's.released'],
    ['with an empty name', { ...jobEvent({}), id: '' }, 'id: Invalid length'],
    [
      'with a name too long',
      { ...jobEvent({}), id: 'X'.repeat(EVENT_LIMITS.nameLength + 1) },
      'id: Invalid length',
    ],
    ['with a text too long', jobEvent({ why: 'x'.repeat(EVENT_LIMITS.textLength + 1) }), 's.why'],
    [
      'with a command too long',
      addOf({ command: 'x'.repeat(EVENT_LIMITS.commandLength + 1) }),
      'jobs.0.command: Invalid length',
    ],
    [
      'with a dependency on nothing known',
      addOf({ follows: [{ kind: 'day', id: 'A' }] }),
      'jobs.0.follows.0.kind: Invalid type',
    ],
    [
      'with a list too long',
      { k: 'links', ws: 'A', s: { v: { era: 1, n: 1 }, in: [], out: tooMany() } },
      's.out: Invalid length',
    ],
    [
      'with a nonce that is none',
      { k: 'answer', of: { ws: 'A', inc: 1, nonce: 'XYZ', id: 1 }, outcome: { ok: true } },
      'of.nonce: Invalid format',
    ],
  ])('%s is refused, and the place is named', (_what, value, message) => {
    expect(() => checked(eventSchema, value)).toThrow(message);
  });

  it('of any JSON at all is taken or refused, never more', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => checked(eventSchema, value)).toThrow(/^(.+: )?Invalid/);
      }),
    );
  });
});

describe('a part of the plan', () => {
  it('is stored and read as it was, whatever events made it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, identity), { maxLength: 30 }), (events) => {
        const plan = new Plan();
        for (const [one, from] of events) plan.apply(one, from);
        const copy = new Plan();
        for (const part of plan.parts()) copy.restore(partCodec.decode(partCodec.encode(part)));
        expect([...copy.parts()]).toEqual([...plan.parts()]);
      }),
    );
  });

  it('that is damaged is refused, and the place is named', () => {
    const bytes = new TextEncoder().encode(
      JSON.stringify({ kind: 'job', id: 'A#S.1.X', s: { ...jobStatus('SUCC'), v: { era: 1 } } }),
    );
    expect(() => partCodec.decode(bytes)).toThrow(/a part of the plan.*s\.v\.n/);
  });
});

function jobEvent(status: object): { readonly k: 'job'; readonly id: string; readonly s: object } {
  return { k: 'job', id: 'A#S.1.X', s: { ...jobStatus('EXEC'), ...status } };
}

function addOf(job: object): unknown {
  return { k: 'add', streams: [], prompts: [], jobs: [{ ...jobOf('A#S.1.X'), ...job }] };
}

function tooMany(): readonly string[] {
  return Array.from({ length: EVENT_LIMITS.listLength + 1 }, (_, at) => `W${at}`);
}

/** A copy that lacks the value at a place. */
function without(value: unknown, place: string): unknown {
  const [first = '', ...rest] = place.split('.');
  const { [first]: found, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [first]: without(found, rest.join('.')) };
}
