import { describeError, type Health, type Logger } from '@ftctl/sdk';
import { callControl } from '../control/client.ts';
import { shownState } from '../core/shown-state.ts';
import type {
  Supervised,
  SupervisionTimes,
  SupervisorEffect,
  SupervisorInput,
} from '../core/supervision-types.ts';
import { recentCrashes, supervise, superviseStep } from '../core/supervisor.ts';
import { hostMessages } from '../messages.ts';
import { isRunning, type ProcessIdentity, signalProcess } from '../process-info.ts';
import type { RunRecord } from '../run-record.ts';
import type { MessageSink } from '../runner/message-sink.ts';
import type { PluginHealth } from '../runner/operations.ts';
import type { PluginStatus } from '../status.ts';
import type { Launcher } from './launcher.ts';
import type { PlannedPlugin } from './plan.ts';

/** What every keeper of a host shares. */
export interface KeeperContext {
  readonly launcher: Launcher;
  readonly messages: MessageSink;
  readonly log: Logger;
  readonly now: () => number;
  readonly times: SupervisionTimes;
  /** How long a plugin may be silent when asked for its health. */
  readonly answerWithinMs: number;
}

/** An input without its time, which the keeper adds. */
type Event = SupervisorInput extends infer One
  ? One extends SupervisorInput
    ? Omit<One, 'at'>
    : never
  : never;

/** Process that the keeper has started or adopted. */
interface KeptProcess extends ProcessIdentity {
  readonly adopted: boolean;
  record?: RunRecord;
}

/**
 * Carries out what the supervisor of one plugin decides: starts, watches, asks
 * and ends its process. All decisions are in `core/supervisor.ts`.
 */
export class Keeper {
  readonly #context: KeeperContext;
  #planned: PlannedPlugin;
  #state: Supervised;
  #wakeAt: number | undefined;
  #process: KeptProcess | undefined;
  #health: PluginHealth | undefined;
  #looking = false;
  #waiters: (() => void)[] = [];

  constructor(context: KeeperContext, planned: PlannedPlugin) {
    this.#context = context;
    this.#planned = planned;
    this.#state = supervise(planned.id, planned.limits, context.times);
  }

  get planned(): PlannedPlugin {
    return this.#planned;
  }

  /** Digest of what is running or would be started. */
  get digest(): string | undefined {
    return this.#planned.launch?.digest;
  }

  get isIdle(): boolean {
    return this.#state.phase.name === 'idle';
  }

  /** True when nothing is on its way: it runs, waits for a restart, or does not run. */
  get isSettled(): boolean {
    return !['spawning', 'starting', 'ending'].includes(this.#state.phase.name);
  }

  /** True when it needs no more than a look now and then. */
  get isCalm(): boolean {
    return ['idle', 'running', 'quarantined'].includes(this.#state.phase.name);
  }

  get isRunning(): boolean {
    return this.#state.phase.name === 'running';
  }

  get isQuarantined(): boolean {
    return this.#state.phase.name === 'quarantined';
  }

  /** Control socket of the process, when one runs. */
  get socket(): string | undefined {
    return this.isRunning ? this.#process?.record?.socket : undefined;
  }

  /** Makes it what is planned: run, stopped, or failed. `again` replaces a process that fits, too. */
  apply(planned: PlannedPlugin, again: boolean): void {
    this.#planned = planned;
    const { limits, problem } = planned;
    if (problem) this.#give({ type: 'block', why: describeError(problem) });
    else if (!planned.launch) this.#give({ type: 'stop' });
    else if (again) this.#give({ type: 'restart', limits });
    else this.#give({ type: 'run', limits });
  }

  /**
   * Like `apply`, at the start of the host: a process that runs on from before
   * is kept even when it could not be started now.
   */
  async begin(planned: PlannedPlugin): Promise<void> {
    const { id, limits, problem } = planned;
    const runs = problem !== undefined && (await this.#context.launcher.find(id)) !== undefined;
    if (!runs) return this.apply(planned, false);
    const why = describeError(problem);
    this.#context.messages.emit(hostMessages.FTHO026W({ plugin: id, why }));
    this.#planned = planned;
    this.#give({ type: 'run', limits });
  }

  stop(): void {
    this.#give({ type: 'stop' });
  }

  /** Ends a process that runs though the plugin is not to: one left by an earlier host. */
  async endLeftover(): Promise<void> {
    const record = await this.#context.launcher.find(this.#planned.id);
    if (record && this.isIdle) this.#adopt(record);
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    while (!this.isSettled) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** To be called several times a second: looks at what cannot be waited for. */
  beat(): void {
    const due = this.#wakeAt !== undefined && this.#context.now() >= this.#wakeAt;
    if (due) this.#give({ type: 'tick' });
    this.#look().catch((error: unknown) =>
      this.#context.log.warn(`cannot look at plugin ${this.#planned.id}`, { error }),
    );
  }

  status(): PluginStatus {
    const { id, version, enabled } = this.#planned;
    const shown = shownState(this.#state);
    const state = !enabled && shown.state === 'stopped' ? 'disabled' : shown.state;
    const kept = this.#process;
    const health = this.isRunning ? this.#health : undefined;
    const port = health?.port ?? kept?.record?.port;
    return {
      id,
      version,
      state,
      ...(shown.reason === undefined ? {} : { reason: shown.reason }),
      ...(kept ? { pid: kept.pid } : {}),
      ...(kept && port !== undefined ? { port } : {}),
      ...(kept?.record ? { startedAt: kept.record.startedAt } : {}),
      crashes: recentCrashes(this.#state, this.#context.now()).length,
      ...(health?.details ? { details: health.details } : {}),
      messages: health?.messages ?? [],
    };
  }

  #give(event: Event): void {
    const input = { ...event, at: this.#context.now() } as SupervisorInput;
    const { state, effects } = superviseStep(this.#state, input);
    this.#state = state;
    if (state.phase.name !== 'running') this.#health = undefined;
    for (const effect of effects) this.#carryOut(effect);
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #carryOut(effect: SupervisorEffect): void {
    switch (effect.type) {
      case 'spawn':
        void this.#spawn();
        break;
      case 'stop':
        void this.#signal(effect.pid, 'SIGTERM');
        break;
      case 'kill':
        void this.#signal(effect.pid, 'SIGKILL');
        break;
      case 'ask':
        void this.#ask(effect.pid);
        break;
      case 'wake':
        this.#wakeAt = effect.at;
        break;
      case 'tell':
        this.#context.messages.emit(effect.message);
        break;
    }
  }

  async #spawn(): Promise<void> {
    const { launcher } = this.#context;
    try {
      const record = await launcher.find(this.#planned.id);
      if (record) {
        this.#adopt(record);
        return;
      }
      const { launch, problem } = this.#planned;
      if (!launch) throw problem ?? new Error('it is not to run any more');
      const { identity, exited } = await launcher.launch(launch);
      this.#process = { ...identity, adopted: false };
      void exited.then((why) => this.#exited(identity.pid, why));
      this.#give({ type: 'spawned', pid: identity.pid });
    } catch (error) {
      this.#give({ type: 'spawn-failed', why: describeError(error) });
    }
  }

  #adopt(record: RunRecord): void {
    const { pid, startTime, ready } = record;
    this.#process = { pid, startTime, adopted: true, record };
    const { launch } = this.#planned;
    const misfit = launch && this.#context.launcher.misfit(record, launch);
    this.#give({ type: 'found', pid, ready, ...(misfit === undefined ? {} : { misfit }) });
  }

  #exited(pid: number, why: string): void {
    if (this.#process?.pid === pid) this.#process = undefined;
    this.#give({ type: 'exited', pid, why });
  }

  /** Is a starting process ready? Does an adopted one, whose end nobody reports, still run? */
  async #look(): Promise<void> {
    const kept = this.#process;
    if (!kept || this.#looking) return;
    this.#looking = true;
    try {
      if (kept.adopted && !(await isRunning(kept))) {
        const why = await this.#context.launcher.whyEnded(this.#planned.id, kept.pid, 'it ended');
        this.#exited(kept.pid, why);
      } else if (this.#state.phase.name === 'starting') {
        const record = await this.#context.launcher.find(this.#planned.id);
        if (record?.ready && record.pid === kept.pid) {
          kept.record = record;
          this.#give({ type: 'ready', pid: kept.pid });
        }
      }
    } finally {
      this.#looking = false;
    }
  }

  async #ask(pid: number): Promise<void> {
    const socket = this.#process?.record?.socket;
    try {
      if (socket === undefined) throw new Error('its control socket is not known');
      const answer = await callControl<PluginHealth>(
        socket,
        this.#planned.id,
        'health',
        {},
        {
          answerWithinMs: this.#context.answerWithinMs,
          timeoutMs: this.#context.answerWithinMs,
        },
      );
      if (answer.pid !== pid) throw new Error(`process ${answer.pid} answers in its place`);
      this.#health = answer;
      this.#give({ type: 'health', pid, health: asHealth(answer) });
    } catch (error) {
      // Whatever went wrong, the plugin did not say how it is: that is what counts.
      this.#context.log.debug(`no health of plugin ${this.#planned.id}`, { error });
      this.#give({ type: 'silent', pid });
    }
  }

  async #signal(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    try {
      if (this.#process?.pid === pid) await signalProcess(this.#process, signal);
    } catch (error) {
      // The deadline of the supervisor comes, and it is tried again.
      this.#context.log.warn(`cannot send ${signal} to process ${pid}`, { error });
    }
  }
}

function asHealth(answer: PluginHealth): Health {
  if (answer.state === 'starting' || answer.state === 'stopping') {
    return { state: 'degraded', reason: `it is ${answer.state}` };
  }
  return answer.reason === undefined
    ? { state: answer.state }
    : { state: answer.state, reason: answer.reason };
}
