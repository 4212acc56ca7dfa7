import { type JobId, makeSymphony, Plan, type PlanEvent, Tree } from '@ftctl/plan';
import { parseDefinitions, parseTopology } from '@ftctl/plan/files';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Batchman } from '../src/core/batchman/batchman.ts';

const topology = parseTopology(
  `domains: { R: {} }
workstations:
  M: { type: master, domain: R, limit: 2 }
  A: { type: fta, domain: R, limit: 1 }
  B: { type: fta, domain: R, limit: 3 }
`,
  'net.yaml',
);
const tree = new Tree(topology);
const NAMES = [...topology.workstations.keys()];
const IDENTITY = { ws: 'M', inc: 1, nonce: '00000000', id: 1 };

/** One workstation: its copy of the plan, and what others have told that it has not heard yet. */
class Site {
  readonly plan = new Plan();
  readonly batchman: Batchman;
  /** By origin, in its order. */
  readonly inbox = new Map<string, PlanEvent[]>();
  readonly running: { readonly job: JobId; readonly attempt: number }[] = [];

  constructor(
    readonly name: string,
    made: ReturnType<typeof makeSymphony>,
  ) {
    this.plan.header = { plan: { epoch: 0, run: 1 }, madeAtMs: 0, switchFaultTolerance: true };
    this.plan.apply({ k: 'add', ...made }, IDENTITY);
    this.batchman = new Batchman(
      this.plan,
      {
        tree,
        self: name,
        managerOf: () => 'M',
        acting: () => name === 'M',
        ownEra: () => 1,
        roleEra: () => 1,
        runs: () => true,
      },
      () => true,
    );
  }
}

/** What happens next, by numbers that fast-check chooses and makes small. */
function play(text: string, choices: Iterator<number>): { sites: Site[]; launched: string[] } {
  const definitions = parseDefinitions(text, 'plan.yaml', topology);
  const made = makeSymphony({ definitions, run: 1, nowMs: 0, utcOffsetMinutes: 0 });
  const sites = NAMES.map((name) => new Site(name, made));
  const launched: string[] = [];
  const step = (site: Site) => {
    const { events, launches } = site.batchman.step(0);
    for (const other of sites) {
      if (other === site) continue;
      other.inbox.set(site.name, [...(other.inbox.get(site.name) ?? []), ...events]);
    }
    for (const { job, attempt } of launches) {
      launched.push(`${job}@${attempt}`);
      site.running.push({ job, attempt });
    }
  };
  const hear = (site: Site, origin: string) => {
    const event = site.inbox.get(origin)?.shift();
    if (event !== undefined) site.batchman.changed(site.plan.apply(event, IDENTITY));
  };
  const end = (site: Site) => {
    const [first] = site.running.splice(0, 1);
    if (first === undefined) return;
    // The first attempt of a job that is run again fails.
    const rc = site.plan.job(first.job).def?.recovery === 'rerun' && first.attempt === 1 ? 1 : 0;
    site.batchman.outcome({ kind: 'ended', ...first, rc, startMs: 0, endMs: 1 });
  };
  const moves = sites.flatMap((site) => [
    () => step(site),
    () => end(site),
    ...NAMES.filter((name) => name !== site.name).map((origin) => () => hear(site, origin)),
  ]);
  for (let turn = 0; turn < 5_000; turn += 1) {
    const { value, done } = choices.next();
    // Chance is over: everything in turn, until nothing is left to do.
    moves[(done === true ? turn : value) % moves.length]?.();
  }
  return { sites, launched };
}

const plans = fc
  .array(
    fc.record({
      ws: fc.constantFrom(...NAMES),
      on: fc.constantFrom(...NAMES),
      follows: fc.option(fc.nat(7), { nil: undefined }),
      rerun: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((jobs) => {
    const lines = jobs.map(({ ws, on, follows, rerun }, at) => {
      const before = follows !== undefined && follows < at ? jobs[follows] : undefined;
      const dependency = before === undefined ? '' : `, follows: "${before.ws}#S${follows}.J"`;
      const recovery = rerun ? ', recovery: rerun, rerunLimit: 1' : '';
      return `  ${ws}#S${at}:\n    jobs: { J: { command: "true", on: ${on}${dependency}${recovery} } }`;
    });
    return `streams:\n${lines.join('\n')}\n`;
  });

it('workstations that hear each other in any order end all jobs, launch each attempt once, and agree', () => {
  fc.assert(
    fc.property(plans, fc.array(fc.nat(11), { maxLength: 300 }), (text, choices) => {
      const { sites, launched } = play(text, choices[Symbol.iterator]());
      expect(new Set(launched).size).toBe(launched.length);
      const states = sites.map(({ plan }) =>
        [...plan.parts()].flatMap((part) =>
          part.kind === 'job' || part.kind === 'stream' ? [[part.id, part.s]] : [],
        ),
      );
      expect(states[0]).toEqual(states[1]);
      expect(states[0]).toEqual(states[2]);
      for (const [, s] of states[0] ?? []) expect(s).toMatchObject({ state: 'SUCC' });
    }),
    { numRuns: 60 },
  );
});
