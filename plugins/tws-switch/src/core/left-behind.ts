import { type PartKey, type Plan, type PlanEvent, runOf } from '@ftctl/plan';
import { keysOf } from './event-keys.ts';

/** Events about instances of a run; the others outlive plans. */
const OF_INSTANCES: ReadonlySet<PlanEvent['k']> = new Set([
  'add',
  'job',
  'stream',
  'grant',
  'prompt',
]);
/** States in which nothing is waited for any more. */
const OVER: ReadonlySet<string> = new Set(['SUCC', 'CANCL', 'CANCEL']);
/** The id of the stream in the key of an instance, `job/FTA1A#NIGHT.3.LOAD`. */
const STREAM_OF = /^[a-z]+\/([^#]+#[^.]+\.\d+)/;

/** Whether an event is told late, by somebody who was away: of instances that the plan has left behind. */
export function isOfThePast(plan: Plan, event: PlanEvent): boolean {
  if (!OF_INSTANCES.has(event.k)) return false;
  if (event.k === 'add' && isSubmittedInto(plan, [...event.streams, ...event.jobs])) return false;
  return keysOf(event).every((key) => isLeftBehind(plan, key));
}

/** Whether one was submitted into this plan or a later one, may be into a stream of an earlier run. */
export function isSubmittedInto(plan: Plan, definitions: readonly (object | undefined)[]): boolean {
  const run = runIn(plan);
  return definitions.some(
    (def) => def !== undefined && 'submitted' in def && Number(def.submitted) >= run,
  );
}

/** Whether an instance is of an older run, not carried forward to here, and nothing here waits for it. */
export function isLeftBehind(plan: Plan, key: PartKey): boolean {
  const run = runOf(key);
  if (run === 0 || run >= runIn(plan)) return false;
  const stream = STREAM_OF.exec(key)?.[1];
  if (plan.part(key) !== undefined) return false;
  const id = key.slice(key.indexOf('/') + 1);
  // What is added to a stream that was carried forward is of its run.
  if (stream !== undefined && isCarried(plan, stream, id)) return false;
  const { index } = plan;
  const jobs = [...index.jobsOfStream(id)].map((job): PartKey => `job/${job}`);
  const waiting = [...index.followersOf(key), ...index.askingFor(id), ...jobs];
  return !waiting.some((one) => mayWait(plan, one));
}

/** What has ended well of an earlier plan is here only because others follow it, and waits for nothing. */
function mayWait(plan: Plan, key: PartKey): boolean {
  const part = plan.part(key);
  if (part?.kind !== 'job' && part?.kind !== 'stream') return false;
  // Of this plan its end may be heard before what it waited for, which is in all other copies.
  const isOfThis = runOf(key) >= runIn(plan) || isSubmittedInto(plan, [part.def]);
  return isOfThis || !isOver(part);
}

/**
 * A stream that has ended well is here only because others follow it: it was left
 * behind, and so was all that had come into it.
 */
function isCarried(plan: Plan, stream: string, job: string): boolean {
  const part = plan.part(`stream/${stream}`);
  return part?.kind === 'stream' && !isOver(part) && part.def?.jobs.includes(job) !== true;
}

function isOver({ s }: { readonly s?: { readonly state: string } }): boolean {
  return OVER.has(s?.state ?? 'HOLD');
}

function runIn({ header }: Plan): number {
  return header?.plan.run ?? 0;
}
