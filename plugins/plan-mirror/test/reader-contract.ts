import {
  JOB_STATES,
  type Part,
  Plan,
  STREAM_STATES,
  Tree,
  type WorkstationName,
} from '@ftctl/plan';
import {
  askReader,
  JOB_SORTS,
  type PlanAnswer,
  type PlanQuestion,
  STREAM_SORTS,
  SymphonyReader,
} from '@ftctl/plan/queries';
import { SeededRandom } from '@ftctl/sim';
import type { CopyKey } from '../src/database.ts';
import { headOf } from './database-contract.ts';

const STREAMS = 23;
const JOBS = 7;
/** Every page of these sizes is asked for. */
const LIMITS = [3, 1_000];

export interface ReaderCase {
  readonly plan: Plan;
  readonly tree: Tree;
  readonly parts: readonly Part[];
}

/** A plan of all states, with names that need quoting. */
export function randomPlan(seed: number, key: CopyKey): ReaderCase {
  const random = new SeededRandom(seed);
  const { run } = headOf(key, 0).plan;
  const parts: Part[] = [];
  const v = { era: 1, n: 1 };
  for (let s = 0; s < STREAMS; s += 1) {
    const ws = random.pick(['M', 'B_1', 'C']);
    const name = random.pick(['NIGHT', "O'NEIL", '100%', 'a\\b']);
    const id = `${ws}#${name}${s}.${run}`;
    const jobs = Array.from({ length: random.int(JOBS) }, (_, n) => `${id}.J${n}`);
    const def = { ws, follows: [], priority: 10, prompts: [] };
    const stream = { state: random.pick(STREAM_STATES), priority: random.int(99), open: true };
    parts.push({
      kind: 'stream',
      id,
      def: { ...def, id, name: `${name}${s}`, jobs, prompts: random.chance(0.2) ? ['GO.1'] : [] },
      ...(random.chance(0.3) ? {} : { s: { v, ...stream } }),
    });
    jobs.forEach((job, n) => {
      const follows = n === 0 ? [] : [{ kind: 'job' as const, id: random.pick(jobs.slice(0, n)) }];
      const startMs = 1_000 + random.int(50);
      parts.push({
        kind: 'job',
        id: job,
        def: {
          ...def,
          id: job,
          stream: id,
          name: `J${n}`,
          command: `echo "${name}"`,
          recovery: 'stop',
          follows: random.chance(0.2) ? [...follows, { kind: 'stream', id: 'X#GONE.1' }] : follows,
        },
        ...(random.chance(0.4)
          ? {}
          : {
              s: {
                v,
                state: random.pick(JOB_STATES),
                attempt: random.int(4),
                priority: random.int(99),
                ...(random.chance(0.7) ? { startMs, endMs: startMs + random.int(9), rc: 0 } : {}),
                ...(random.chance(0.1) ? { why: 'it was so' } : {}),
              },
            }),
      });
    });
  }
  const plan = new Plan();
  for (const part of parts) plan.merge(part);
  plan.header = { plan: headOf(key, 0).plan, madeAtMs: 1_000, switchFaultTolerance: true };
  return { plan, tree: treeOf(key), parts };
}

/** Every question, with each filter, order and page. */
export function questionsOf({ parts }: ReaderCase): readonly PlanQuestion[] {
  const questions: PlanQuestion[] = [{ q: 'overview' }, { q: 'workstations' }];
  const filters = [
    {},
    { ws: 'B_1' },
    { text: 'b_1' },
    { text: '100%' },
    { text: 'A\\B' },
    { text: "o'n" },
  ];
  for (const limit of LIMITS) {
    for (const filter of filters) {
      for (const descending of [false, true]) {
        for (const sort of JOB_SORTS) {
          questions.push({ q: 'jobs', query: { ...filter, sort, descending, limit } });
        }
        for (const sort of STREAM_SORTS) {
          questions.push({ q: 'streams', query: { ...filter, sort, descending, limit } });
        }
      }
    }
  }
  questions.push({ q: 'jobs', query: { states: ['HOLD', 'SUCC'], limit: 10 } });
  questions.push({ q: 'streams', query: { states: ['HOLD', 'STUCK'], limit: 10 } });
  for (const { kind, id } of parts) {
    if (kind === 'stream' || kind === 'job') questions.push({ q: kind, id });
  }
  questions.push({ q: 'stream', id: 'no' }, { q: 'job', id: 'no' });
  return questions;
}

/** All pages of what Symphony answers, as text. */
export async function answersOf(
  ask: (question: PlanQuestion) => Promise<PlanAnswer>,
  question: PlanQuestion,
): Promise<readonly unknown[]> {
  const pages: unknown[] = [];
  for (let asked = question; ; ) {
    const answer = await ask(asked);
    pages.push(withoutHistory(answer));
    const next = (answer as { readonly next?: string } | undefined)?.next;
    if (next === undefined || (asked.q !== 'jobs' && asked.q !== 'streams')) return pages;
    asked = { ...asked, query: { ...asked.query, after: next } } as PlanQuestion;
  }
}

export function symphonyOf({ plan, tree }: ReaderCase) {
  const reader = new SymphonyReader({ plan, tree }, async () => undefined);
  return (question: PlanQuestion) => askReader(reader, question);
}

/** A mirror alone keeps it; and jobs of a stream are in no order. */
function withoutHistory(answer: PlanAnswer): unknown {
  if (answer === undefined || !('id' in answer)) return answer;
  if ('history' in answer) return { ...answer, history: [] };
  return { ...answer, list: [...answer.list].sort((one, other) => (one.id < other.id ? -1 : 1)) };
}

function treeOf(key: CopyKey): Tree {
  const { domains, workstations } = headOf(key, 0);
  return new Tree({
    hash: '',
    root: 'R',
    domains: new Map(
      domains.map(({ name }) => [
        name,
        { name, manager: 'M' as WorkstationName, automaticSwitch: false },
      ]),
    ),
    workstations: new Map(workstations.map((one) => [one.name, { ...one, autolink: true }])),
  });
}
