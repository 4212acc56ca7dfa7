import type { JobStatus } from '../model.ts';
import type { JobPart, StreamPart } from '../parts.ts';
import type { Plan } from '../plan.ts';
import type { Tree } from '../tree.ts';
import { type JobQuery, type JobSort, MAX_STREAM_JOBS, type StreamQuery } from './questions.ts';
import type { Page, PlanReader } from './reader.ts';
import type {
  JobDetail,
  JobRow,
  PlanOverview,
  StreamDetail,
  StreamRow,
  WorkstationRow,
} from './rows.ts';
import { type Keyed, TopRows } from './top-rows.ts';

/** Parts that are looked at before everything else has its turn. */
const SLICE_PARTS = 2_000;

export interface SymphonyView {
  readonly plan: Plan;
  readonly tree: Tree;
}

/** Reads Symphony in memory, in slices: it may change between two of them. */
export class SymphonyReader implements PlanReader {
  readonly #view: SymphonyView;
  readonly #pause: () => Promise<void>;

  /** @param pause lets everything else have its turn */
  constructor(view: SymphonyView, pause: () => Promise<void>) {
    this.#view = view;
    this.#pause = pause;
  }

  async overview(): Promise<PlanOverview | undefined> {
    const { header } = this.#view.plan;
    if (header === undefined) return undefined;
    const counts = { jobs: {} as Counts, streams: {} as Counts };
    await this.#each((part) => count(part.kind === 'job' ? counts.jobs : counts.streams, part));
    return { run: header.plan.run, madeAtMs: header.madeAtMs, ...counts };
  }

  async jobs(query: JobQuery): Promise<Page<JobRow>> {
    const { states, ws, stream, text, sort = 'id' } = query;
    const wanted = states === undefined ? undefined : new Set<string>(states);
    const sought = text?.toLowerCase();
    const top = new TopRows<JobPart>(query);
    await this.#each((part) => {
      if (part.kind !== 'job' || (wanted !== undefined && !wanted.has(stateOf(part)))) return;
      if (ws !== undefined && part.def?.ws !== ws) return;
      if (stream !== undefined && part.def?.stream !== stream) return;
      if (sought !== undefined && !part.id.toLowerCase().includes(sought)) return;
      top.add(keyed(part, jobKey(part, sort)));
    });
    return top.page(jobRowOf);
  }

  async streams(query: StreamQuery): Promise<Page<StreamRow>> {
    const { states, ws, text, sort = 'id' } = query;
    const wanted = states === undefined ? undefined : new Set<string>(states);
    const sought = text?.toLowerCase();
    const top = new TopRows<StreamPart>(query);
    await this.#each((part) => {
      if (part.kind !== 'stream' || (wanted !== undefined && !wanted.has(stateOf(part)))) return;
      if (ws !== undefined && part.def?.ws !== ws) return;
      if (sought !== undefined && !part.id.toLowerCase().includes(sought)) return;
      const by = { id: part.id, state: stateOf(part), ws: part.def?.ws ?? '' };
      const value = sort === 'priority' ? (part.s?.priority ?? 0) : by[sort];
      top.add(keyed(part, value));
    });
    return top.page((part) => this.#streamRow(part));
  }

  async stream(id: string): Promise<StreamDetail | undefined> {
    const { plan } = this.#view;
    const part = plan.part(`stream/${id}`);
    if (part?.kind !== 'stream') return undefined;
    const ids = [...plan.index.jobsOfStream(id)];
    return {
      ...this.#streamRow(part),
      follows: [...(part.def?.follows ?? [])],
      prompts: [...(part.def?.prompts ?? [])],
      list: ids.slice(0, MAX_STREAM_JOBS).map((job) => {
        const one = plan.job(job);
        const { name, follows = [] } = one.def ?? {};
        return { ...jobRowOf(one), name: name ?? null, follows: [...follows] };
      }),
      more: ids.length > MAX_STREAM_JOBS,
    };
  }

  async job(id: string): Promise<JobDetail | undefined> {
    const { plan } = this.#view;
    const part = plan.part(`job/${id}`);
    if (part?.kind !== 'job') return undefined;
    const { def, s } = part;
    return {
      ...jobRowOf(part),
      name: def?.name ?? null,
      command: def?.command ?? null,
      recovery: def?.recovery ?? null,
      atMs: def?.atMs ?? null,
      why: s?.why ?? null,
      prompts: [...(def?.prompts ?? [])],
      follows: (def?.follows ?? []).map((one) => {
        const followed = plan.part(`${one.kind}/${one.id}`);
        const isThere = followed?.kind === 'job' || followed?.kind === 'stream';
        return { ...one, state: isThere ? stateOf(followed) : null };
      }),
      history: [],
    };
  }

  async workstations(): Promise<readonly WorkstationRow[]> {
    const { plan, tree } = this.#view;
    const counts = new Map<string, Counts>();
    await this.#each((part) => {
      if (part.kind !== 'job' || part.def === undefined) return;
      const known = counts.get(part.def.ws) ?? {};
      counts.set(part.def.ws, known);
      count(known, part);
    });
    return [...tree.topology.workstations.values()].map((one) => {
      const { s, linked } = plan.cpu(one.name);
      return {
        id: one.name,
        domain: one.domain,
        type: one.type,
        host: one.hostedBy ?? null,
        fullStatus: one.fullStatus,
        limit: s?.limit ?? null,
        fence: s?.fence ?? null,
        run: s?.run ?? null,
        linked: linked?.linked ?? false,
        init: s?.init ?? false,
        jobman: s?.jobman ?? false,
        held: s?.held ?? null,
        unfit: s?.unfit ?? null,
        jobs: counts.get(one.name) ?? {},
      };
    });
  }

  #streamRow(part: StreamPart): StreamRow {
    const { plan } = this.#view;
    const { id, def, s } = part;
    const jobs: Counts = {};
    for (const job of plan.index.jobsOfStream(id)) count(jobs, plan.job(job));
    return {
      id,
      ws: def?.ws ?? null,
      name: def?.name ?? null,
      state: stateOf(part),
      priority: s?.priority ?? null,
      limit: s?.limit ?? null,
      atMs: def?.atMs ?? null,
      jobs,
    };
  }

  async #each(look: (part: JobPart | StreamPart) => void): Promise<void> {
    let left = SLICE_PARTS;
    for (const part of this.#view.plan.parts()) {
      if (part.kind === 'job' || part.kind === 'stream') look(part);
      left -= 1;
      if (left > 0) continue;
      left = SLICE_PARTS;
      await this.#pause();
    }
  }
}

type Counts = Record<string, number>;

function count(counts: Counts, part: JobPart | StreamPart): void {
  const state = stateOf(part);
  counts[state] = (counts[state] ?? 0) + 1;
}

/** HOLD goes without saying. */
function stateOf({ s }: JobPart | StreamPart): string {
  return s?.state ?? 'HOLD';
}

function keyed<P extends JobPart | StreamPart>(of: P, value: string | number): Keyed<P> {
  return { of, id: of.id, value };
}

/** What has no start or end yet comes first. */
function jobKey({ id, def, s }: JobPart, sort: JobSort): string | number {
  switch (sort) {
    case 'id':
      return id;
    case 'state':
      return s?.state ?? 'HOLD';
    case 'ws':
      return def?.ws ?? '';
    case 'priority':
      return s?.priority ?? 0;
    case 'start':
      return s?.startMs ?? 0;
    case 'end':
      return s?.endMs ?? 0;
  }
}

function jobRowOf({ id, def, s }: JobPart): JobRow {
  const { attempt = 0, priority, startMs, endMs, rc }: Partial<JobStatus> = s ?? {};
  return {
    id,
    stream: def?.stream ?? null,
    ws: def?.ws ?? null,
    state: s?.state ?? 'HOLD',
    attempt,
    priority: priority ?? null,
    startMs: startMs ?? null,
    endMs: endMs ?? null,
    rc: rc ?? null,
  };
}
