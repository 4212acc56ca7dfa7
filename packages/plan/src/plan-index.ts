import type { JobId, PromptId, StreamId, WorkstationName } from './model.ts';
import { type JobPart, keyOf, type Part, type PartKey, type StreamPart } from './parts.ts';

/** What follows what, and what runs where: kept beside the parts of a plan. */
export class PlanIndex {
  readonly #jobsOfWorkstation = new Map<WorkstationName, Set<JobId>>();
  readonly #streamsOfWorkstation = new Map<WorkstationName, Set<StreamId>>();
  readonly #jobsOfStream = new Map<StreamId, Set<JobId>>();
  /** Jobs and streams that follow a job or stream, by the key of the followed. */
  readonly #followers = new Map<PartKey, Set<PartKey>>();
  /** Jobs and streams that wait for a prompt. */
  readonly #asking = new Map<PromptId, Set<PartKey>>();
  readonly #commands = new Set<PartKey>();

  jobsOf(ws: WorkstationName): ReadonlySet<JobId> {
    return this.#jobsOfWorkstation.get(ws) ?? NONE;
  }

  streamsOf(ws: WorkstationName): ReadonlySet<StreamId> {
    return this.#streamsOfWorkstation.get(ws) ?? NONE;
  }

  /** Jobs whose definition is known, also ones submitted into the stream later. */
  jobsOfStream(stream: StreamId): ReadonlySet<JobId> {
    return this.#jobsOfStream.get(stream) ?? NONE;
  }

  /** Keys of the jobs and streams that follow a job or a stream. */
  followersOf(key: PartKey): ReadonlySet<PartKey> {
    return this.#followers.get(key) ?? NO_KEYS;
  }

  /** Keys of the jobs and streams that wait for a prompt. */
  askingFor(prompt: PromptId): ReadonlySet<PartKey> {
    return this.#asking.get(prompt) ?? NO_KEYS;
  }

  commands(): ReadonlySet<PartKey> {
    return this.#commands;
  }

  add(part: Part): void {
    this.#change(part, put);
  }

  remove(part: Part): void {
    this.#change(part, take);
  }

  #change(part: Part, change: <K, V>(map: Map<K, Set<V>>, key: K, value: V) => void): void {
    if (part.kind === 'command') {
      if (change === put) this.#commands.add(keyOf(part));
      else this.#commands.delete(keyOf(part));
    }
    if ((part.kind !== 'job' && part.kind !== 'stream') || part.def === undefined) return;
    for (const one of part.def.follows)
      change(this.#followers, `${one.kind}/${one.id}`, keyOf(part));
    for (const prompt of part.def.prompts) change(this.#asking, prompt, keyOf(part));
    if (part.kind === 'job') this.#changeJob(part, change);
    else this.#changeStream(part, change);
  }

  #changeJob({ id, def }: JobPart, change: typeof put): void {
    if (def === undefined) return;
    change(this.#jobsOfWorkstation, def.ws, id);
    change(this.#jobsOfStream, def.stream, id);
  }

  #changeStream({ id, def }: StreamPart, change: typeof put): void {
    if (def !== undefined) change(this.#streamsOfWorkstation, def.ws, id);
  }
}

const NONE: ReadonlySet<string> = new Set();
const NO_KEYS: ReadonlySet<PartKey> = new Set();

function put<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, new Set([value]));
  else values.add(value);
}

function take<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  values?.delete(value);
  if (values?.size === 0) map.delete(key);
}
