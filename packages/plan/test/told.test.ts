import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audienceOf, EVERYONE } from '../src/audience.ts';
import type { MessageIdentity, PlanEvent } from '../src/events.ts';
import type { Dependency, JobDefinition, StreamDefinition } from '../src/model.ts';
import { keyOf, type Part } from '../src/parts.ts';
import type { Plan } from '../src/plan.ts';
import { scoped } from '../src/scope.ts';
import {
  jobOf,
  jobStatus,
  on,
  planOf,
  READERS,
  runnerOf,
  streamOf,
  streamStatus,
  tree,
} from './figure-3.ts';

/**
 * Who holds a state must be told of its changes: a copy that a workstation took
 * from its manager, and then kept up by what it heard, is what it would take now.
 */

const WORKSTATIONS = [...tree.topology.workstations.keys()];
const STREAMS = ['FTA1A#A.1', 'FTA11A#B.1', 'X-A#C.1', 'MASTER#D.1', 'X-M#E.1', 'DM2#F.1'];
const JOBS = STREAMS.flatMap((id) => [`${id}.X`, `${id}.Y`]);
const PROMPTS = ['P1', 'P2'];

const follows: fc.Arbitrary<readonly Dependency[]> = fc.array(
  fc.constantFrom(...STREAMS, ...JOBS).map(on),
  { maxLength: 2 },
);
const prompts = fc.subarray(PROMPTS, { maxLength: 1 });
const streams: fc.Arbitrary<StreamDefinition[]> = fc.tuple(
  ...STREAMS.map((id) => fc.record({ follows, prompts }).map((more) => streamOf(id, more))),
);
const jobs: fc.Arbitrary<JobDefinition[]> = fc.tuple(
  ...JOBS.map((id) =>
    fc
      .record({ ws: fc.constantFrom(...WORKSTATIONS), follows, prompts })
      .map((more) => jobOf(id, more)),
  ),
);

/** The plan as a workstation that knows all has it. */
const plans = fc.tuple(streams, jobs).map(([streamDefs, jobDefs]) => {
  const plan = planOf(jobDefs, streamDefs);
  for (const id of PROMPTS) plan.merge({ kind: 'prompt', id, def: { id, text: 'Go?' } });
  return plan;
});

const V = { era: 1, n: 1 };
const from = (ws: string): MessageIdentity => ({ ws, inc: 1, nonce: '00000000', id: 1 });

/** Each thing that can be said of a plan, by the workstation that says it. */
function sayings(plan: Plan): readonly { readonly by: string; readonly event: PlanEvent }[] {
  const told: { by: string; event: PlanEvent }[] = [];
  for (const id of JOBS) {
    const { def } = plan.job(id);
    if (def === undefined) continue;
    told.push({ by: runnerOf(def.ws), event: { k: 'job', id, s: jobStatus('SUCC') } });
    const stream = plan.stream(def.stream).def?.ws ?? '';
    told.push({ by: runnerOf(stream), event: { k: 'grant', id, s: { v: V, attempt: 1 } } });
  }
  for (const id of STREAMS) {
    const ws = runnerOf(plan.stream(id).def?.ws ?? '');
    told.push({ by: ws, event: { k: 'stream', id, s: streamStatus('EXEC') } });
  }
  for (const id of PROMPTS) {
    told.push({ by: 'MASTER', event: { k: 'prompt', id, s: { v: V, state: 'asked' } } });
  }
  for (const ws of WORKSTATIONS) told.push(...sayingsOf(ws));
  return told;
}

function sayingsOf(ws: string): readonly { readonly by: string; readonly event: PlanEvent }[] {
  const by = runnerOf(ws);
  const { manager, parent } = tree.domain(tree.domainOf(ws));
  const links = { v: V, in: [], out: [] };
  const cpu = { limit: 1, fence: 0, run: 1, init: true, jobman: true, features: [] };
  return [
    { by, event: { k: 'cpu', ws, s: { v: V, ...cpu } } },
    { by, event: { k: 'links', ws, s: links } },
    { by: manager, event: { k: 'linked', ws, s: { v: V, linked: true } } },
    { by, event: { k: 'dropped', by: ws, s: { v: V, agents: [] } } },
    {
      by: manager,
      event: {
        k: 'voters',
        domain: tree.domainOf(ws),
        s: { v: V, voters: [manager, ws, parent === undefined ? 'FTA2A' : 'FTAA'] },
      },
    },
    ...READERS.map((owner) => ({
      by,
      event: { k: 'command', owner, command: { c: 'start', ws } } as const,
    })),
  ];
}

/** As a network routes: what runs a domain hears all from below and for below, an agent what names it. */
function hears(reader: string, origin: string, to: readonly string[]): boolean {
  const { domain, fullStatus } = tree.workstation(reader);
  if (reader === origin || to.includes(EVERYONE) || to.includes(reader)) return true;
  return fullStatus && [origin, ...to].some((ws) => tree.isBelow(ws, domain));
}

const FIELDS = ['s', 'g', 'links', 'linked', 'dropped', 'command'] as const;

/** States that a part as the reader holds it has. */
function held(plan: Plan, reader: string, part: Part | undefined): readonly string[] {
  const seen = part === undefined ? undefined : scoped({ plan, tree, reader, runnerOf }, part);
  return seen === undefined ? [] : FIELDS.filter((field) => field in seen);
}

describe('what a workstation holds of a plan', () => {
  it('is what it is told of', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const { by, event } of sayings(plan)) {
          const to = audienceOf({ plan, tree, runnerOf }, event, by);
          const before = new Map([...plan.parts()].map((part) => [keyOf(part), part]));
          const [key] = plan.apply(event, from(by));
          if (key === undefined) continue;
          const old = before.get(key);
          for (const reader of READERS) {
            const gained = held(plan, reader, plan.part(key)).filter(
              (field) => !held(plan, reader, old).includes(field),
            );
            if (gained.length > 0 && !hears(reader, by, to)) {
              const what = `${reader} holds ${gained} of ${key}`;
              expect.unreachable(`${what}, and hears nothing of ${JSON.stringify(event)} by ${by}`);
            }
          }
          if (event.k === 'command') plan.remove(key);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is everything that its own jobs and streams need', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const { by, event } of sayings(plan)) plan.apply(event, from(by));
        for (const reader of READERS) {
          const holds = (key: string) => {
            const part = plan.part(key as `job/${string}`);
            return part !== undefined && held(plan, reader, part).includes('s');
          };
          for (const id of [...JOBS, ...STREAMS]) {
            const { kind } = on(id);
            const { def } = kind === 'job' ? plan.job(id) : plan.stream(id);
            if (def === undefined || runnerOf(def.ws) !== reader) continue;
            const needs = [
              `${kind}/${id}`,
              ...('stream' in def ? [`stream/${def.stream}`] : def.jobs.map((job) => `job/${job}`)),
              ...def.follows.map((one) => `${one.kind}/${one.id}`),
              ...def.prompts.map((prompt) => `prompt/${prompt}`),
            ];
            expect(needs.filter((key) => !holds(key))).toEqual([]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets it find who waits for its objects', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const reader of READERS) {
          const copy = planOf([]);
          for (const part of plan.parts()) {
            const seen = scoped({ plan, tree, reader, runnerOf }, part);
            if (seen !== undefined) copy.merge(seen);
          }
          const own = sayings(plan).filter(
            ({ by, event }) => by === reader && (event.k === 'job' || event.k === 'stream'),
          );
          for (const { event } of own) {
            expect(audienceOf({ plan: copy, tree, runnerOf }, event, reader)).toEqual(
              audienceOf({ plan, tree, runnerOf }, event, reader),
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
