import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobOf, on, streamOf } from '../test/figure-3.ts';
import { keyOf, type Part } from './parts.ts';
import { Plan } from './plan.ts';
import { PlanIndex } from './plan-index.ts';

const STREAMS = ['A#S.1', 'B#T.1', 'B#U.2'];
const JOBS = STREAMS.flatMap((id) => [`${id}.ONE`, `${id}.TWO`]);
const PROMPTS = ['A#S.1.PROMPT1', 'GO'];

const follows = fc.uniqueArray(fc.constantFrom(...STREAMS, ...JOBS).map(on), {
  maxLength: 3,
  selector: ({ id }) => id,
});
const prompts = fc.uniqueArray(fc.constantFrom(...PROMPTS), { maxLength: 2 });
const part: fc.Arbitrary<Part> = fc.oneof(
  fc
    .record({ id: fc.constantFrom(...JOBS), ws: fc.constantFrom('A', 'B'), follows, prompts })
    .map(({ id, ...more }): Part => ({ kind: 'job', id, def: jobOf(id, more) })),
  fc
    .record({ id: fc.constantFrom(...STREAMS), follows, prompts })
    .map(({ id, ...more }): Part => ({ kind: 'stream', id, def: streamOf(id, more) })),
  fc.constantFrom(...JOBS).map((id): Part => ({ kind: 'job', id })),
  fc.integer({ min: 1, max: 3 }).map(
    (id): Part => ({
      kind: 'command',
      id: `A/1.00000000/${id}`,
      of: { ws: 'A', inc: 1, nonce: '00000000', id },
    }),
  ),
);
const change = fc.oneof(
  part.map((one) => ({ put: one })),
  part.map((one) => ({ remove: keyOf(one) })),
);

/** All that can be asked of an index. */
function answersOf(index: PlanIndex): unknown {
  const sorted = (values: ReadonlySet<string>) => [...values].sort();
  return {
    jobsOf: ['A', 'B'].map((ws) => sorted(index.jobsOf(ws))),
    streamsOf: ['A', 'B'].map((ws) => sorted(index.streamsOf(ws))),
    jobsOfStream: STREAMS.map((id) => sorted(index.jobsOfStream(id))),
    followers: [...STREAMS, ...JOBS].map((id) => {
      const { kind } = on(id);
      return sorted(index.followersOf(`${kind}/${id}`));
    }),
    asking: PROMPTS.map((id) => sorted(index.askingFor(id))),
    commands: sorted(index.commands()),
  };
}

describe('the index of a plan', () => {
  it('is what the parts say, whatever was put in, replaced and taken out', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const plan = new Plan();
        for (const one of changes) {
          if ('put' in one) plan.restore(one.put);
          else plan.remove(one.remove);
        }
        const fresh = new PlanIndex();
        for (const one of plan.parts()) fresh.add(one);
        expect(answersOf(plan.index)).toEqual(answersOf(fresh));
      }),
    );
  });

  it('answers with nothing for what it does not know', () => {
    const index = new PlanIndex();
    expect([...index.jobsOf('NOBODY'), ...index.followersOf('job/A#S.1.ONE')]).toEqual([]);
  });
});
