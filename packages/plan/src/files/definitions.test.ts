import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tree } from '../../test/figure-3.ts';
import type {
  Definitions,
  JobTemplate,
  StreamTemplate,
  TemplateDependency,
  TemplateTime,
} from '../definitions.ts';
import { EVENT_LIMITS } from '../event-schema.ts';
import { parseDefinitions, renderDefinitions } from './index.ts';

const { topology } = tree;
const WORKSTATIONS = ['FTA1A', 'DM1', 'X-A'];
/** Names that YAML would read as something else, too. */
const NAMES = ['NIGHT', 'A-1', 'X_', 'NULL', 'TRUE', 'NO', 'Y', 'E5', 'ON'];

const time: fc.Arbitrary<TemplateTime> = fc.oneof(
  fc.record({ kind: fc.constant('day' as const), seconds: fc.nat(86_399) }),
  fc.record({ kind: fc.constant('after' as const), seconds: fc.nat(999_999) }),
);
const priority = fc.integer({ min: 0, max: 101 });
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    'true',
    '+60',
    '12:30',
    '',
    ' ',
    '# none',
    '- a',
    'a: b',
    '"',
    "'",
    '|',
    '~',
    '\n',
    '*a',
    '&a',
    '{job}',
    '0x10',
    '1e3',
  ),
  fc
    .array(fc.constantFrom('line', '  indented', '', 'a: b', '\ttab', 'ends '), { maxLength: 5 })
    .map((l) => l.join('\n')),
);

/** Follows only what stands before it, so that there is no circle. */
function followsOf(
  known: readonly TemplateDependency[],
): fc.Arbitrary<readonly TemplateDependency[]> {
  return fc.subarray([...known], { maxLength: Math.min(4, known.length) });
}

function common(known: readonly TemplateDependency[]) {
  return fc.record(
    {
      follows: followsOf(known),
      at: time,
      priority,
      prompts: fc.array(text, { maxLength: 2 }),
    },
    { requiredKeys: ['follows', 'priority', 'prompts'] },
  );
}

function job(name: string, known: readonly TemplateDependency[]): fc.Arbitrary<JobTemplate> {
  const recovery = fc.oneof(
    fc.constantFrom('stop' as const, 'continue' as const).map((one) => ({ recovery: one })),
    fc.nat(99).map((rerunLimit) => ({ recovery: 'rerun' as const, rerunLimit })),
  );
  return fc
    .tuple(
      fc.record({ ws: fc.constantFrom(...WORKSTATIONS), command: text }),
      common(known),
      recovery,
      fc.constantFrom({}, { confirmed: true }),
    )
    .map((parts) => Object.assign({ name }, ...parts) as JobTemplate);
}

function stream(
  id: { readonly ws: string; readonly stream: string },
  known: readonly TemplateDependency[],
): fc.Arbitrary<StreamTemplate> {
  return fc
    .subarray(NAMES)
    .chain((names) =>
      fc.tuple(
        fc.record({ limit: fc.nat(1_024) }, { requiredKeys: [] }),
        common(known),
        fc.tuple(
          ...names.map((name, at) =>
            job(name, [...known, ...names.slice(0, at).map((before) => ({ ...id, job: before }))]),
          ),
        ),
      ),
    )
    .map(([limit, more, jobs]) => ({ ws: id.ws, name: id.stream, ...more, ...limit, jobs }));
}

const definitions: fc.Arbitrary<Definitions> = fc
  .uniqueArray(
    fc.record({ ws: fc.constantFrom(...WORKSTATIONS), stream: fc.constantFrom(...NAMES) }),
    { maxLength: 3, selector: ({ ws, stream: name }) => `${ws}#${name}` },
  )
  .chain((ids) =>
    ids.reduce<fc.Arbitrary<readonly StreamTemplate[]>>(
      (before, id) =>
        before.chain((streams) => {
          const known = streams.flatMap(({ ws, name, jobs }) => [
            { ws, stream: name },
            ...jobs.map((one) => ({ ws, stream: name, job: one.name })),
          ]);
          return stream(id, known).map((one) => [...streams, one]);
        }),
      fc.constant([]),
    ),
  )
  .map((streams) => ({ streams }));

describe('definitions', () => {
  it('are the same when they are written to a plan file and read again', () => {
    fc.assert(
      fc.property(definitions, (one) => {
        const text = renderDefinitions(one);
        expect(parseDefinitions(text, 'again.yaml', topology)).toEqual(one);
      }),
      { numRuns: 200 },
    );
  });

  it('with any one circle are refused, and the circle is shown', () => {
    const ring = fc.record({
      length: fc.integer({ min: 1, max: 6 }),
      through: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      tail: fc.nat(3),
    });
    fc.assert(
      fc.property(ring, ({ length, through, tail }) => {
        // Stream n follows the next, or its job does; the last closes the ring.
        const lines = Array.from({ length: length + tail }, (_, at) => {
          const next = at < length ? (at + 1) % length : at - 1;
          const wanted = through[at % 6] ? `FTA1A#S${next}` : `FTA1A#S${next}.X`;
          return through[(at + 1) % 6]
            ? `  FTA1A#S${at}: { follows: ${wanted}, jobs: { X: "true" } }`
            : `  FTA1A#S${at}: { jobs: { X: { command: "true", follows: ${wanted} } } }`;
        });
        const refused = refusal(`streams:\n${lines.join('\n')}\n`);
        const [, path = ''] = /wait for each other: (.+)/.exec(refused) ?? [];
        const names = path.split(' -> ');
        expect(names.length).toBeGreaterThan(1);
        expect(names[0]).toBe(names.at(-1));
        const inRing = new Set(names.map((name) => /S(\d)/.exec(name)?.[1]));
        expect(inRing.size).toBe(length);
      }),
    );
  });
});

describe('a plan file', () => {
  it('takes what it follows in every form', () => {
    const text = `streams:
  - name: a
    on: fta1a
    jobs:
      - { name: one, command: x }
      - { name: two, command: x, follows: one }
      - { name: three, command: x, follows: [a.two, FTA1A#a.one, dm1#b.@, "DM1#B"] }
  - name: DM1#B
    jobs: {}
`;
    const [first] = parseDefinitions(text, 'p.yaml', topology).streams;
    const a = { ws: 'FTA1A', stream: 'A' };
    expect(first?.jobs[1]?.follows).toEqual([{ ...a, job: 'ONE' }]);
    expect(first?.jobs[2]?.follows).toEqual([
      { ...a, job: 'TWO' },
      { ...a, job: 'ONE' },
      { ws: 'DM1', stream: 'B' },
      { ws: 'DM1', stream: 'B' },
    ]);
  });

  it.each([
    [
      'a key that is there twice',
      'A: { command: x, command: y }',
      'line 4: A has the key "command" twice',
    ],
    ['a job that is there twice', 'A: x\n      A: y', 'line 5: jobs has the key "A" twice'],
    ['a name that is there twice', 'A: x\n      a: y', 'line 5: FTA1A#S.A is there twice'],
    ['a job without a command', 'A: {}', 'line 4: job A needs a command'],
    [
      'a command that is none',
      'A: { command: true }',
      'line 4: command of A must be a text, in quotes',
    ],
    ['a short form that is none', 'A: true', 'line 4: command of A must be a text, in quotes'],
    ['a name in a mapping by name', 'A: { name: B, command: x }', 'line 4: A has no key "name"'],
    [
      'an unknown key',
      'A: { command: x, folows: B }',
      'line 4: A has no key "folows": did you mean follows?',
    ],
    ['a bad name', '9LIVES: x', 'line 4: "9LIVES" is no name of a job'],
    [
      'an unknown workstation',
      'A: { command: x, on: NOWHERE }',
      'line 4: there is no workstation NOWHERE',
    ],
    [
      'an unknown predecessor',
      'A: { command: x, follows: DM1#B.C }',
      'line 4: FTA1A#S.A follows DM1#B.C',
    ],
    [
      'a priority too high',
      'A: { command: x, priority: 100 }',
      'line 4: priority of A must be a whole number from 0 to 99',
    ],
    ['a time that is none', 'A: { command: x, at: "24:00" }', 'line 4: "24:00" is no time'],
    [
      'an unknown recovery',
      'A: { command: x, recovery: pray }',
      'line 4: recovery must be one of stop, continue, rerun',
    ],
    [
      'a flag that is none',
      'A: { command: x, confirmed: maybe }',
      'line 4: confirmed of A must be on or off',
    ],
    [
      'a job that follows itself',
      'A: { command: x, follows: A }',
      'wait for each other: FTA1A#S.A -> FTA1A#S.A',
    ],
    [
      'more predecessors than the field allows',
      `A: { command: x, follows: [${'B,'.repeat(41)}] }\n      B: x`,
      'line 4: FTA1A#S.A follows 41: 40 at most',
    ],
    [
      'a prompt that no event could carry',
      `A: { command: x, prompt: ${'?'.repeat(EVENT_LIMITS.textLength + 1)} }`,
      'line 4: the prompt is longer than 4096 characters',
    ],
    [
      'a command that no event could carry',
      `A: ${'x'.repeat(EVENT_LIMITS.commandLength + 1)}`,
      'line 4: the command of A is too long, 65536 characters at most',
    ],
    [
      'more jobs than one record could name',
      Array.from({ length: 5_001 }, (_, at) => `J${at}: x`).join('\n      '),
      'line 2: stream S has 5001 jobs, 5000 at most',
    ],
  ])('with %s is refused, and the line is named', (_what, jobs, message) => {
    expect(refusal(`streams:\n  FTA1A#S:\n    jobs:\n      ${jobs}\n`)).toContain(message);
  });

  it('tells all problems at once, and not more than can be read', () => {
    const two = refusal('streams:\n  FTA1A#S: { jobs: { A: {}, B: {} } }\n  T: { jobs: {} }\n');
    expect(two).toContain('line 2: job A needs a command');
    expect(two).toContain('line 2: job B needs a command');
    expect(two).toContain('line 3: stream T needs a workstation: WS#T, or on: WS');
    const jobs = Array.from({ length: 500 }, (_, at) => `J${at}: {}`).join(', ');
    const many = refusal(`streams: { FTA1A#S: { jobs: { ${jobs} } } }`);
    expect(many.split('\n')).toHaveLength(22);
    expect(many).toMatch(/and more$/);
  });

  it('that would not fit into one commit is refused', () => {
    const command = 'x'.repeat(60_000);
    const jobs = Array.from({ length: 450 }, (_, at) => `J${at}: ${command}`).join('\n      ');
    expect(refusal(`streams:\n  FTA1A#S:\n    jobs:\n      ${jobs}\n`)).toMatch(
      /the jobs are \d+ characters long, 25165824 characters at most/,
    );
  });
});

function refusal(text: string): string {
  try {
    parseDefinitions(text, 'p.yaml', topology);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('not refused');
}
