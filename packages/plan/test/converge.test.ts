import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, MessageIdentity, PlanEvent } from '../src/events.ts';
import { eventsOf, newsOf } from '../src/part-events.ts';
import { partCodec } from '../src/part-schema.ts';
import { keyOf } from '../src/parts.ts';
import { Plan } from '../src/plan.ts';
import { EVENTS } from './arbitrary-event.ts';
import { jobOf, on, streamOf } from './figure-3.ts';

/** Copies of a plan become equal, in whatever order and by whatever way things reach them. */

interface Said {
  readonly event: PlanEvent;
  readonly from: MessageIdentity;
}

const IDS = ['FTA1A#A.1', 'DM1#B.2'];
/** The same definition whenever an object is added: the master never changes one. */
const ADDS: readonly PlanEvent[] = IDS.flatMap((id) => [
  { k: 'add', streams: [streamOf(id)], jobs: [], prompts: [] },
  {
    k: 'add',
    streams: [],
    jobs: [jobOf(`${id}.X`, { follows: [on('DM1#B.2')] }), jobOf(`${id}.Y`)],
    prompts: [{ id: 'GO', text: 'Go?' }],
  },
]);

const {
  add: _add,
  answer: _answer,
  command: asked,
  epoch: _epoch,
  plan: _plan,
  ...states
} = EVENTS;
const state = fc.oneof(...Object.values(states));

function from(id: number): MessageIdentity {
  return { ws: 'FTA1A', inc: 1, nonce: '00000000', id };
}

/** States with a version each, as one owner gives them; new objects; requests, some of them answered. */
const history: fc.Arbitrary<readonly Said[]> = fc
  .tuple(
    fc.array(state, { maxLength: 25 }),
    fc.subarray([...ADDS]),
    fc.array(fc.tuple(asked, fc.boolean()), { maxLength: 4 }),
  )
  .map(([said, added, requests]) => [
    ...said.map((event, at) => ({
      event: { ...event, s: { ...event.s, v: { era: event.s.v.era, n: at + 1 } } } as PlanEvent,
      from: from(at + 1),
    })),
    ...added.map((event, at) => ({ event, from: from(100 + at) })),
    ...requests.flatMap(([event, isAnswered], at) => {
      const request: Said = { event, from: from(200 + at) };
      const answer: PlanEvent = { k: 'answer', of: request.from, outcome: { ok: true } };
      return isAnswered ? [request, { event: answer, from: from(300 + at) }] : [request];
    }),
  ]);

function planOf(history: Iterable<Said>): Plan {
  const plan = new Plan();
  for (const one of history) plan.apply(one.event, one.from);
  return plan;
}

function partsOf(plan: Plan): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...plan.parts()].map((part) => [keyOf(part), part]));
}

describe('copies of the plan', () => {
  it('are equal whatever the order of what they hear', () => {
    const orders = history.chain((said) =>
      fc.tuple(fc.constant(said), fc.shuffledSubarray([...said], { minLength: said.length })),
    );
    fc.assert(
      fc.property(orders, ([said, shuffled]) => {
        expect(partsOf(planOf(shuffled))).toEqual(partsOf(planOf(said)));
      }),
    );
  });

  it('do not change by a state that comes twice', () => {
    fc.assert(
      fc.property(history, (said) => {
        const plan = planOf(said);
        const before = partsOf(plan);
        const again = said.filter(({ event }) => event.k !== 'command' && event.k !== 'answer');
        for (const one of again) expect(plan.apply(one.event, one.from)).toEqual([]);
        expect(partsOf(plan)).toEqual(before);
      }),
    );
  });

  it('that take in another know what both have heard', () => {
    const split = history.chain((said) =>
      fc.tuple(fc.constant(said), fc.array(fc.boolean(), { minLength: said.length })),
    );
    fc.assert(
      fc.property(split, ([said, sides]) => {
        // Requests are compared by marks, not by the copies.
        const states = said.filter(({ event }) => event.k !== 'command' && event.k !== 'answer');
        const one = planOf(states.filter((_, at) => sides[at] === true));
        const other = planOf(states.filter((_, at) => sides[at] !== true));
        for (const part of other.parts()) one.merge(part);
        expect(partsOf(one)).toEqual(partsOf(planOf(states)));
        for (const part of other.parts()) expect(one.merge(part)).toEqual([]);
      }),
    );
  });

  it('that hear what another has learned from a copy know the same', () => {
    const halves = history.chain((said) =>
      fc.tuple(fc.constant(said), fc.array(fc.boolean(), { minLength: said.length })),
    );
    fc.assert(
      fc.property(halves, ([said, sides]) => {
        const states = said.filter(({ event }) => event.k !== 'command' && event.k !== 'answer');
        const mine = states.filter((_, at) => sides[at] === true);
        const copied = planOf(states);
        const teller = planOf(mine);
        const listener = planOf(mine);
        for (const part of copied.parts()) {
          const before = teller.part(keyOf(part));
          teller.merge(part);
          const news = newsOf(before, teller.part(keyOf(part)) ?? part);
          for (const event of news) expect(listener.apply(event, from(1))).toHaveLength(1);
        }
        expect(partsOf(listener)).toEqual(partsOf(copied));
        expect(partsOf(teller)).toEqual(partsOf(copied));
      }),
    );
  });

  it('are told whole by the events of their parts', () => {
    fc.assert(
      fc.property(history, (said) => {
        const plan = planOf(said.filter(({ event }) => event.k !== 'command'));
        const told = [...plan.parts()].flatMap((part) => eventsOf(part));
        const heard = planOf(told.map((event) => ({ event, from: from(1) })));
        for (const part of [...plan.parts()]) if (part.kind === 'command') plan.remove(keyOf(part));
        expect(partsOf(heard)).toEqual(partsOf(plan));
      }),
    );
  });

  it('are made of parts that a store gives back as they were', () => {
    fc.assert(
      fc.property(history, (said) => {
        const plan = new Plan();
        for (const { event, from: identity } of said) {
          const message: Message = { ...identity, to: ['FTA1A'], event };
          plan.apply(event, message);
        }
        for (const part of plan.parts()) {
          expect(partCodec.decode(partCodec.encode(part))).toEqual(part);
        }
      }),
    );
  });

  it('say exactly which parts an event has changed', () => {
    fc.assert(
      fc.property(history, (said) => {
        const plan = new Plan();
        for (const { event, from: identity } of said) {
          const before = partsOf(plan);
          const changed = new Set<string>(plan.apply(event, identity));
          const after = partsOf(plan);
          const differ = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
            (key) => before[key] !== after[key],
          );
          expect(differ.sort()).toEqual([...changed].sort());
        }
      }),
    );
  });

  it('know what is asked and not answered', () => {
    fc.assert(
      fc.property(history, (said) => {
        const answered = new Set(
          said.flatMap(({ event }) => (event.k === 'answer' ? [event.of.id] : [])),
        );
        const open = said.flatMap(({ event, from: { id } }) =>
          event.k === 'command' && !answered.has(id) ? [id] : [],
        );
        const pending = planOf(said).pending();
        expect(pending.map(({ of }) => of.id).sort()).toEqual(open.sort());
      }),
    );
  });
});
