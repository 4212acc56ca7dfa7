import type {
  CpuStatus,
  JobId,
  JobPart,
  JobStatus,
  PartKey,
  Plan,
  PlanEvent,
  StreamPart,
  StreamStatus,
  WorkstationName,
} from '@ftctl/plan';
import { FEATURES } from '../features.ts';
import type { JobOutcome } from '../jobman/jobman.ts';
import { Gates } from './gates.ts';
import { ReadyQueue } from './ready-queue.ts';
import { hasEnded, isRunning } from './satisfied.ts';
import { deriveStream, firstStreamStatus } from './stream-state.ts';
import {
  decidesFor,
  eraFor,
  isByRole,
  nextVersion,
  nextVersionFor,
  type Ownership,
  runsFor,
} from './versions.ts';

/** A job to start now. */
export interface Launch {
  readonly job: JobId;
  readonly attempt: number;
  readonly command: string;
  readonly ws: WorkstationName;
}

/** What batchman wants done, in this order: events stored, then jobs launched or killed. */
export interface BatchmanStep {
  readonly events: readonly PlanEvent[];
  readonly launches: readonly Launch[];
  readonly kills: readonly { readonly job: JobId; readonly attempt: number }[];
  /** When something waits for a time: to be called again then. */
  readonly wakeAtMs?: number;
}

/** Objects that one step looks at; the rest is for the next step. */
const MAX_LOOKS = 20_000;

/**
 * Decides about everything that this workstation owns in its copy of the plan:
 * resolves dependencies, opens streams, launches jobs, and says each change as
 * an event. What it decides it applies to the plan at once.
 */
export class Batchman {
  readonly plan: Plan;
  readonly own: Ownership;
  readonly gates: Gates;
  readonly #ready: ReadyQueue;
  readonly #dirty = new Set<PartKey>();
  #events: PlanEvent[] = [];
  #launches: Launch[] = [];
  #kills: { job: JobId; attempt: number }[] = [];
  #workable: () => boolean;

  /** @param workable whether the plan may be worked with now: it was announced, and all of it is here */
  constructor(plan: Plan, own: Ownership, workable: () => boolean) {
    this.plan = plan;
    this.own = own;
    this.#workable = workable;
    this.gates = new Gates(plan);
    this.#ready = new ReadyQueue(plan);
    this.lookAtAll();
  }

  /** Everything is looked at again: after a start, a turnover, a new role. */
  lookAtAll(): void {
    for (const part of this.plan.parts()) {
      if (part.kind === 'job' || part.kind === 'stream') this.#dirty.add(`${part.kind}/${part.id}`);
    }
  }

  /** Parts that others, or this workstation's commands, have changed. */
  changed(keys: Iterable<PartKey>): void {
    for (const key of keys) this.#spread(key);
  }

  /** Events so far, without a look at what is due. */
  takeEvents(): readonly PlanEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Everything that is due. Nothing is launched without `mayLaunch`. */
  step(nowMs: number, mayLaunch = true): BatchmanStep {
    this.#ensureCpu();
    if (this.#workable()) {
      for (const key of this.gates.due(nowMs)) this.#dirty.add(key);
      let looks = 0;
      for (const key of this.#dirty) {
        this.#dirty.delete(key);
        this.#look(key, nowMs);
        looks += 1;
        if (looks >= MAX_LOOKS) break;
      }
      if (mayLaunch) this.#launchReady(nowMs);
    }
    const step = { events: this.#events, launches: this.#launches, kills: this.#kills };
    this.#events = [];
    this.#launches = [];
    this.#kills = [];
    const wakeAtMs = this.#dirty.size > 0 ? nowMs : this.gates.nextMs;
    return wakeAtMs === undefined ? step : { ...step, wakeAtMs };
  }

  /** What jobman says of an attempt; of another attempt than the present one nothing is taken. */
  outcome(outcome: JobOutcome): void {
    const part = this.plan.job(outcome.job);
    const { s, def } = part;
    if (s === undefined || def === undefined || s.attempt !== outcome.attempt) return;
    // Of an extended agent whose host it was until a switch, the new one has the say.
    if (!isRunning(part) || !runsFor(this.own, def.ws)) return;
    const { startMs: _start, endMs: _end, rc: _rc, ...kept } = s;
    switch (outcome.kind) {
      case 'running':
        if (s.state === 'SUCCP' || s.state === 'ABENP') return;
        this.setJob(part, { ...kept, state: 'EXEC', startMs: outcome.startMs });
        return;
      case 'ended': {
        const { startMs, endMs } = outcome;
        this.#ended(part, { ...kept, rc: exitCode(outcome), startMs, endMs });
        return;
      }
      case 'failed':
        this.setJob(part, { ...kept, state: 'FAIL', why: outcome.why });
        return;
      case 'unknown':
        this.#unknown(part, outcome.why);
        return;
      case 'void':
        this.setJob(part, { ...kept, state: 'HOLD' });
        return;
    }
  }

  /** Own jobs that are said to run and of which no intent is known any more. */
  giveUpOrphans(): void {
    for (const part of [...this.plan.parts()]) {
      const ws = part.kind === 'job' && isRunning(part) ? part.def?.ws : undefined;
      if (part.kind === 'job' && ws !== undefined && runsFor(this.own, ws)) this.#orphan(part);
    }
  }

  /** An own job is what an earlier incarnation has said; if that was running, nobody here knows of it. */
  takeBack(part: JobPart, status: JobStatus): void {
    this.setJob(part, status);
    const now = this.plan.job(part.id);
    if (isRunning(now)) this.#orphan(now);
  }

  /** Sets a job's status with its next version, and says so. */
  setJob(part: JobPart, status: Omit<JobStatus, 'v'>): void {
    const v = nextVersionFor(this.own, part.def?.ws ?? this.own.self, part.s?.v);
    this.say({ k: 'job', id: part.id, s: { ...status, v } });
  }

  setStream(part: StreamPart, status: Omit<StreamStatus, 'v'>): void {
    const v = nextVersionFor(this.own, part.def?.ws ?? this.own.self, part.s?.v);
    this.say({ k: 'stream', id: part.id, s: { ...status, v } });
  }

  setCpu(change: Partial<CpuStatus>): void {
    const { s } = this.plan.cpu(this.own.self);
    const { v: known, ...before } = s ?? { ...this.#firstCpu(), v: undefined };
    const next = { ...before, ...change, v: nextVersion(known, this.own.ownEra()) };
    this.say({ k: 'cpu', ws: this.own.self, s: next });
    this.#ready.relook();
  }

  /** What runs here stays in the plan, also when the master has archived it. */
  keeps(key: PartKey): boolean {
    const part = this.plan.part(key);
    if (part?.kind === 'job') return isRunning(part) && this.#isOwn(part.def?.ws);
    if (part?.kind !== 'stream') return false;
    return [...this.plan.index.jobsOfStream(part.id)].some((job) => this.keeps(`job/${job}`));
  }

  /** Applies an event of this workstation's own to the plan and keeps it for the step. */
  say(event: PlanEvent): void {
    const identity = { ws: this.own.self, inc: 0, nonce: '', id: 0 };
    const keys = this.plan.apply(event, identity);
    this.#events.push(event);
    for (const key of keys) this.#spread(key);
  }

  kill(job: JobId, attempt: number): void {
    this.#kills.push({ job, attempt });
  }

  /** A status that nobody has set yet. */
  statusOf({ s, def }: JobPart): Omit<JobStatus, 'v'> {
    if (s !== undefined) return s;
    return { state: 'HOLD', attempt: 0, priority: def?.priority ?? 0 };
  }

  streamStatusOf({ s, def }: StreamPart): Omit<StreamStatus, 'v'> {
    return s ?? firstStreamStatus(def);
  }

  #isOwn(ws: WorkstationName | undefined): boolean {
    return ws !== undefined && decidesFor(this.own, ws);
  }

  #firstCpu(): Omit<CpuStatus, 'v'> {
    const { limit, fence } = this.own.tree.workstation(this.own.self);
    return {
      limit,
      fence,
      run: 0,
      init: false,
      jobman: true,
      features: FEATURES,
    };
  }

  /** The own row says which plan this workstation works with. */
  #ensureCpu(): void {
    const run = this.plan.header?.plan.run ?? 0;
    const init = this.#workable() && run > 0;
    const { s } = this.plan.cpu(this.own.self);
    if (s?.run === run && s.init === init) return;
    this.setCpu({ run, init });
    this.lookAtAll();
  }

  /** What a change of a part may concern. */
  #spread(key: PartKey): void {
    this.#dirty.add(key);
    const { index } = this.plan;
    for (const follower of index.followersOf(key)) this.#dirty.add(follower);
    const [kind] = key.split('/', 1);
    const id = key.slice((kind?.length ?? 0) + 1);
    if (kind === 'prompt') for (const one of index.askingFor(id)) this.#dirty.add(one);
    else if (kind === 'stream')
      for (const job of index.jobsOfStream(id)) this.#dirty.add(`job/${job}`);
    else if (kind === 'job') {
      const stream = this.plan.job(id).def?.stream;
      if (stream !== undefined) this.#dirty.add(`stream/${stream}`);
    }
  }

  #look(key: PartKey, nowMs: number): void {
    const part = this.plan.part(key);
    if (part?.kind === 'stream') this.#lookAtStream(part, nowMs);
    else if (part?.kind === 'job') this.#lookAtJob(part, nowMs);
  }

  #lookAtStream(part: StreamPart, nowMs: number): void {
    if (part.def === undefined || !this.#isOwn(part.def.ws)) return;
    const next = deriveStream(this.plan, part, nowMs);
    this.gates.waitUntil(`stream/${part.id}`, next.waitsUntilMs);
    if (next.status !== undefined) this.setStream(part, next.status);
    this.#grant(this.plan.stream(part.id));
  }

  #lookAtJob(part: JobPart, nowMs: number): void {
    const { def } = part;
    if (def === undefined) return;
    if (!this.#isOwn(def.ws)) {
      // An extended agent's, whose host this was until a switch.
      this.#ready.forget(part.id);
      return;
    }
    if (isRunning(part)) this.#disown(part);
    if (isRunning(part) || hasEnded(part)) {
      this.#ready.remove(part.id);
      return;
    }
    const fence = this.plan.cpu(this.own.self).s?.fence ?? 0;
    const gate = this.gates.of(part, { nowMs, fence });
    this.gates.waitUntil(`job/${part.id}`, gate.waitsUntilMs);
    if (gate.cancel) {
      this.#ready.remove(part.id);
      const { cancelPending: _pending, ...status } = this.statusOf(part) as JobStatus;
      this.setJob(part, { ...status, state: 'CANCL' });
      return;
    }
    // HOLD goes without saying.
    if ((part.s?.state ?? 'HOLD') !== gate.state) {
      this.setJob(part, { ...this.statusOf(part), state: gate.state });
    }
    if (gate.state === 'READY') this.#ready.add(part.id);
    else this.#ready.remove(part.id);
  }

  /** What a manager before this one, or this workstation before it lost its store, has launched. */
  #disown(part: JobPart): void {
    const { def, s } = part;
    if (def === undefined || s === undefined || s.v.era === eraFor(this.own, def.ws)) return;
    if (isByRole(this.own.tree, def.ws)) this.setJob(part, { ...s, state: 'DONE', why: SWITCHED });
    else this.#orphan(part);
  }

  #orphan(part: JobPart): void {
    if (!this.own.runs(part.id, part.s?.attempt ?? 0)) this.#unknown(part, LOST);
  }

  /** In a stream with a limit, the stream's workstation says which of its jobs may run. */
  #grant({ def, s, id }: StreamPart): void {
    if (def === undefined || s?.limit === undefined || !s.open) return;
    const jobs = [...this.plan.index.jobsOfStream(id)].map((job) => this.plan.job(job));
    let running = jobs.filter((job) => isRunning(job) || isGranted(job)).length;
    for (const job of jobs) {
      if (running >= s.limit) return;
      if (isRunning(job) || isGranted(job) || job.s?.state !== 'READY') continue;
      const v = nextVersionFor(this.own, def.ws, job.g?.v);
      this.say({ k: 'grant', id: job.id, s: { v, attempt: job.s.attempt + 1 } });
      running += 1;
    }
  }

  #launchReady(nowMs: number): void {
    const { s: cpu } = this.plan.cpu(this.own.self);
    if (cpu === undefined || !cpu.jobman || cpu.held !== undefined || !cpu.init) return;
    for (;;) {
      const id = this.#ready.next(cpu.limit);
      if (id === undefined) return;
      this.#ready.remove(id);
      const part = this.plan.job(id);
      if (part.def === undefined || part.s?.state !== 'READY') continue;
      if (!this.#isOwn(part.def.ws)) continue;
      if (!this.#hasGrant(part)) continue;
      const attempt = part.s.attempt + 1;
      const isExtended = this.own.tree.workstation(part.def.ws).type === 'x-agent';
      const { rc: _rc, endMs: _end, startMs: _start, why: _why, ...status } = part.s;
      const state = isExtended ? 'WAIT' : 'INTRO';
      this.setJob(part, { ...status, state, attempt, startMs: nowMs });
      this.#ready.started(id);
      this.#launches.push({ job: id, attempt, command: part.def.command, ws: part.def.ws });
    }
  }

  #hasGrant(part: JobPart): boolean {
    const limit = this.plan.stream(part.def?.stream ?? '').s?.limit;
    return limit === undefined || part.g?.attempt === (part.s?.attempt ?? 0) + 1;
  }

  #ended(part: JobPart, status: Omit<JobStatus, 'v'>): void {
    const confirmed = part.s?.state === 'SUCCP' ? 'SUCC' : part.s?.state === 'ABENP' ? 'ABEND' : '';
    if (confirmed !== '') this.setJob(part, { ...status, state: confirmed });
    else if (part.def?.confirmed) this.setJob(part, { ...status, state: 'PEND' });
    else if (status.rc === 0) this.setJob(part, { ...status, state: 'SUCC' });
    else this.#failedRun(part, { ...status, state: 'ABEND' });
  }

  #unknown(part: JobPart, why: string): void {
    if (part.s === undefined) return;
    this.#failedRun(part, { ...part.s, state: 'DONE', why });
  }

  /** Ended badly, or nobody knows how: run again where the definition says so. */
  #failedRun(part: JobPart, status: Omit<JobStatus, 'v'>): void {
    const reruns = status.reruns ?? 0;
    const again = part.def?.recovery === 'rerun' && reruns < (part.def.rerunLimit ?? 0);
    this.setJob(part, again ? { ...status, state: 'HOLD', reruns: reruns + 1 } : status);
  }
}

/** Granted an attempt that has not begun. */
function isGranted({ g, s }: JobPart): boolean {
  return g !== undefined && g.attempt === (s?.attempt ?? 0) + 1 && s?.state === 'READY';
}

/** As a shell tells it: of a job that a signal has ended 128 and more. */
function exitCode({ rc, signal }: { readonly rc?: number; readonly signal?: string }): number {
  return rc ?? (signal === undefined ? 0 : SIGNAL_RC);
}

const SIGNAL_RC = 128;
const SWITCHED = 'its host managed the domain until the switch; nobody knows how it ended';
const LOST = 'the store of its workstation was lost while it ran; nobody knows how it ended';
