import { type Definitions, type Topology, Tree, type WorkstationName } from '@ftctl/plan';
import { describeError, type Health, type PluginContext, type Timer } from '@ftctl/sdk';
import { answerBox, answerCounter, answerSnapshot, hearMarks } from './answers.ts';
import {
  boxRequest,
  closeRequest,
  counterRequest,
  definitionsRequest,
  goneBeats,
  initialiseRequest,
  marksRequest,
  offerRequest,
  openRequest,
  operateRequest,
  ownStream,
  pendingRequest,
  pullRequest,
  pulseBeats,
  roadStream,
  snapshotRequest,
} from './channels.ts';
import { commandErrors } from './commands/errors.ts';
import { type Config, isSwitchFaultTolerant } from './config.ts';
import { Alarms } from './core/alarms.ts';
import type { SwitcherRun } from './core/switcher/types.ts';
import type { Desk } from './desk.ts';
import { healthOf } from './health.ts';
import { identify } from './incarnation.ts';
import type { TwsIo } from './io/io.ts';
import type { JobRunner } from './io/jobs/job-runner.ts';
import { LogPruning } from './log-pruning.ts';
import { MessageFiles } from './message-files.ts';
import { counterMessages, networkMessages } from './messages.ts';
import { operate } from './operating.ts';
import { PlanBook } from './plan-book.ts';
import { Mirrorbox } from './source/mirrorbox.ts';
import { PlanSource } from './source/plan-source.ts';
import { Sinfonia } from './source/sinfonia.ts';
import { stationErrors } from './station-errors.ts';
import { StationMetrics } from './station-metrics.ts';
import { openStores, type StoreSizes } from './stores.ts';
import { Switching, switchBeats } from './switching.ts';
import { tellAlarms, tellSwitch, tellVoters } from './telling.ts';
import { Workstation } from './workstation.ts';

const MIB = 1024 * 1024;
/** Before the store is tried again that has refused a commit. */
const REOPEN_MS = 1_000;
const METRICS_MS = 1_000;

/**
 * The workstation of this host, for as long as the plugin runs. When the disk
 * refuses a commit, memory is ahead of it: then the workstation is left, and a
 * new one begins from the disk as soon as that works again.
 */
export class Station {
  readonly #ctx: PluginContext<unknown>;
  readonly #config: Config;
  readonly #io: TwsIo;
  readonly #onOpen: ((workstation: Workstation) => void) | undefined;
  #tree: Tree | undefined;
  #definitions: Definitions | undefined;
  #runner: JobRunner | undefined;
  #workstation: Workstation | undefined;
  #switching: Switching | undefined;
  #pruning: LogPruning | undefined;
  #source: PlanSource | undefined;
  readonly #listeners = new Set<(run: SwitcherRun) => void>();
  #metrics: StationMetrics | undefined;
  readonly #alarms = new Alarms();
  #metricsTimer: Timer | undefined;
  #trouble: string | undefined;
  #stopped = false;

  constructor(
    ctx: PluginContext<unknown>,
    config: Config,
    io: TwsIo,
    onOpen: ((workstation: Workstation) => void) | undefined,
  ) {
    this.#ctx = ctx;
    this.#config = config;
    this.#io = io;
    this.#onOpen = onOpen;
  }

  /** Undefined while it begins anew. */
  get workstation(): Workstation | undefined {
    return this.#workstation;
  }

  get switching(): Switching | undefined {
    return this.#switching;
  }

  /** What mirrors of the plan ask. @throws FtError FT_TWS_NOT_RUNNING while it begins anew */
  get source(): PlanSource {
    if (this.#source === undefined) throw this.#notRunning();
    return this.#source;
  }

  /** Called with what the switcher of the own domain comes to. Returns how to stop. */
  onSwitch(listener: (run: SwitcherRun) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    const { topology, plan, workstation } = this.#config;
    this.#tree = new Tree(
      asNode(
        await this.#io.readTopology(topology),
        workstation?.toUpperCase(),
        this.#ctx.host.name,
      ),
    );
    if (plan !== undefined) {
      this.#definitions = await this.#io.readDefinitions(plan, this.#tree.topology);
    }
    this.#serve();
    await this.#open(this.#tree);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#metricsTimer?.cancel();
    await this.#leave();
  }

  /** Reads a plan file for the network. @throws FtError FT_PLAN_DEFINITIONS, FT_PLAN_NO_FILE */
  async readPlan(file: string): Promise<Definitions> {
    if (this.#tree === undefined) throw commandErrors.NOT_RUNNING({ why: 'it is starting' });
    return await this.#io.readDefinitions(file, this.#tree.topology);
  }

  /** Begins anew from the disk. @param demgr isolated until it hears who manages its domain */
  async restart({ demgr }: { readonly demgr: boolean }): Promise<void> {
    if (this.#tree === undefined) return;
    await this.#leave();
    await this.#open(this.#tree, demgr);
  }

  health(): Health {
    if (this.#trouble !== undefined) {
      return { state: 'degraded', reason: `cannot store: ${this.#trouble}` };
    }
    if (this.#workstation === undefined) return { state: 'failed', reason: 'not started' };
    return healthOf(this.#workstation);
  }

  async #open(tree: Tree, demgr = false): Promise<void> {
    const ctx = this.#ctx;
    const self = workstationOf(tree.topology, ctx.host.name);
    const { limits, logs, linkTimeoutSeconds, globalopts } = this.#config;
    const sizes: StoreSizes = {
      ownBytes: limits.ownMb * MIB,
      roadBytes: limits.roadMb * MIB,
      ftboxBytes: limits.ftboxMb * MIB,
      mirrorboxBytes: limits.mirrorboxMb * MIB,
      archiveBytes: limits.archiveMb * MIB,
    };
    const stores = openStores(ctx.store, sizes);
    const nodes = nodesOf(tree.topology);
    const domain = tree.domainOf(self);
    const workstationAt = (host: string) => nodes.get(host);
    const roles = new Switching(
      { ctx, tree, self, domain, workstationAt },
      {
        changed: () => this.#rolesChanged(),
        run: (of, run) => this.#switched(of, run),
        broken: (why) => this.#broken(why),
      },
    );
    const files = new MessageFiles(ctx.store, sizes);
    const mirrorbox = new Mirrorbox({ ctx, roles, root: tree.root, self, files });
    const book = new PlanBook(stores, mirrorbox);
    // Of a life that was left already nothing is believed.
    const broken = (why: string) => {
      // It may be told inside a commit, in which no other may begin.
      ctx.clock.setTimer(0, () => {
        if (this.#workstation?.desk === desk) this.#broken(why);
      });
    };
    const desk: Desk = {
      ctx,
      tree,
      self,
      domain,
      stores,
      book,
      roles,
      settings: {
        linkTimeoutMs: linkTimeoutSeconds * 1_000,
        classicReplay: globalopts.replay === 'classic',
        classicLinks: globalopts.classicLinks === 'yes',
      },
      files,
      mirrorbox,
      workstationAt,
      broken,
      commit: async (apply) => {
        // What a life that was left still has to say would be said over what the next one says.
        if (this.#workstation?.desk !== desk) throw this.#notRunning();
        try {
          return await ctx.store.commit((tx) => {
            const result = apply(tx);
            book.flush(tx);
            return result;
          });
        } catch (error) {
          broken(describeError(error));
          throw error;
        }
      },
    };
    const runner = this.#io.jobs(ctx);
    this.#runner = runner;
    const workstation = new Workstation(desk, {
      identity: await identify(desk),
      runner,
      onFitness: (unfit) => this.#fitness(unfit),
      ...(this.#definitions === undefined ? {} : { definitions: this.#definitions }),
      switchFaultTolerance: isSwitchFaultTolerant(globalopts),
      utcOffsetMinutes: () => this.#io.utcOffsetMinutes(ctx.clock.now()),
    });
    this.#metrics ??= new StationMetrics(ctx.metrics);
    this.#switching = roles;
    this.#workstation = workstation;
    this.#pruning = new LogPruning(
      desk,
      { logs: runner.logs, scheduling: workstation.scheduling },
      { maxAgeDays: logs.maxAgeDays, maxTotalBytes: logs.maxMb * MIB },
    );
    this.#pruning.start();
    const sinfonia = new Sinfonia(ctx, this.#io.sinfonia(ctx), limits.sinfoniaMb * MIB);
    this.#source = new PlanSource(desk, sinfonia);
    await workstation.start();
    const named = [...tree.topology.domains.keys()].filter((name) =>
      book.plan.voters(name).s?.voters.includes(self),
    );
    await roles.start(demgr, named);
    await workstation.rolesChanged();
    this.#measure();
    this.#onOpen?.(workstation);
  }

  #measure(): void {
    this.#metricsTimer?.cancel();
    if (this.#workstation === undefined) return;
    this.#metrics?.set(this.#workstation);
    tellAlarms(this.#workstation, this.#alarms);
    this.#metricsTimer = this.#ctx.clock.setTimer(METRICS_MS, () => this.#measure());
  }

  #rolesChanged(): void {
    const workstation = this.#workstation;
    workstation?.rolesChanged().catch((error: unknown) => this.#broken(describeError(error)));
  }

  /** What a switcher has come to. */
  #switched(domain: string, run: SwitcherRun): void {
    const workstation = this.#workstation;
    this.#ctx.log.debug(`switch of ${domain}: ${run.kind}`, { ...run });
    if (workstation === undefined || domain !== workstation.desk.domain) return;
    tellSwitch(workstation.desk, run);
    for (const listener of [...this.#listeners]) listener(run);
    if (run.kind === 'voters') tellVoters(workstation);
    if (run.kind !== 'claimed') return;
    const { epoch } = run;
    workstation
      .takeOver(epoch)
      .then(() => {
        if (this.#workstation !== workstation) return;
        this.#switching?.give(domain, { kind: 'opened', epoch });
        // The role is open: the whole network is told.
        return workstation.emit([{ k: 'epoch', domain, epoch }]);
      })
      .catch((error: unknown) => this.#broken(describeError(error)));
  }

  #fitness(unfit: string | undefined): void {
    const desk = this.#workstation?.desk;
    if (desk === undefined) return;
    const { self: workstation, domain } = desk;
    this.#switching?.give(domain, {
      kind: 'fitness',
      workstation,
      ...(unfit === undefined ? {} : { unfit }),
    });
  }

  #broken(why: string): void {
    if (this.#workstation === undefined || this.#stopped) return;
    this.#ctx.messages.emit(counterMessages.AWSBAT004E({ why }));
    this.#ctx.messages.emit(networkMessages.FTTW010E({ why }));
    void this.#leave();
    this.#trouble = why;
    this.#ctx.clock.setTimer(REOPEN_MS, () => void this.#reopen());
  }

  /** Jobs and their launchers live on; a new life finds out about them. */
  async #leave(): Promise<void> {
    const runner = this.#runner;
    this.#switching?.stop();
    this.#workstation?.stop();
    this.#pruning?.stop();
    this.#source?.stop();
    this.#source = undefined;
    this.#switching = undefined;
    this.#workstation = undefined;
    this.#runner = undefined;
    await runner?.close();
  }

  async #reopen(): Promise<void> {
    if (this.#stopped || this.#tree === undefined) return;
    try {
      await this.#ctx.store.commit(() => undefined);
      await this.#open(this.#tree);
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = describeError(error);
      await this.#leave();
      this.#ctx.clock.setTimer(REOPEN_MS, () => void this.#reopen());
    }
  }

  #notRunning(): Error {
    return commandErrors.NOT_RUNNING({ why: this.#trouble ?? 'stopped' });
  }

  #serve(): void {
    const { link } = this.#ctx;
    const now = (): Workstation => {
      if (this.#workstation === undefined) throw this.#notRunning();
      return this.#workstation;
    };
    link.serve(openRequest, (question, from) => now().sessions.answer(question, from));
    link.serve(closeRequest, ({ session }, from) => {
      now().sessions.closedByPeer(session, from);
      return {};
    });
    link.serve(counterRequest, (question, from) => answerCounter(now(), question, from));
    link.serve(snapshotRequest, (question, from) => answerSnapshot(now(), question, from));
    link.serve(boxRequest, (question, from) => answerBox(now(), question, from));
    link.serve(definitionsRequest, (question) => now().definitions.page(question));
    link.serve(offerRequest, ({ plan }) => now().turnover.offered(plan));
    link.serve(operateRequest, (question) => operate(this, question));
    link.serve(initialiseRequest, async (_question, from) => {
      const workstation = now();
      const manager = workstation.desk.workstationAt(from.host);
      if (manager !== undefined) await workstation.initialise(manager);
      return {};
    });
    link.serve(pendingRequest, (question) => now().lostAnswers.answer(question));
    link.serve(pullRequest, ({ ranges }) => now().takeover.supply(ranges));
    link.onBeat(switchBeats, (message, { host }) => this.#switching?.receive(message, host));
    link.serve(marksRequest, (report, from) => hearMarks(now(), report, from));
    link.receive(
      ownStream,
      (tx, batch) => now().intake.own(tx, batch),
      () => this.#workstation?.taken(),
    );
    link.receive(
      roadStream,
      (tx, batch) => now().intake.road(tx, batch),
      () => this.#workstation?.taken(),
    );
    link.onBeat(pulseBeats, (pulse, from) => this.#workstation?.sessions.pulse(pulse, from));
    link.onBeat(goneBeats, ({ session }, from) => this.#workstation?.sessions.gone(session, from));
    link.onPeer(({ host, up }) => this.#workstation?.sessions.peerChanged(host, up));
  }
}

/** The topology in which this host is the node of a workstation that the config names. */
function asNode(topology: Topology, name: string | undefined, host: string): Topology {
  const found = name === undefined ? undefined : topology.workstations.get(name);
  if (name === undefined || found?.node === host) return topology;
  if (found?.node === undefined) throw stationErrors.NO_SUCH_WORKSTATION({ workstation: name });
  const workstations = new Map(topology.workstations).set(name, { ...found, node: host });
  return { ...topology, workstations };
}

function nodesOf(topology: Topology): ReadonlyMap<string, WorkstationName> {
  return new Map(
    [...topology.workstations.values()].flatMap(({ name, node }) =>
      node === undefined ? [] : [[node, name] as const],
    ),
  );
}

function workstationOf(topology: Topology, host: string): WorkstationName {
  const name = nodesOf(topology).get(host);
  if (name === undefined) throw stationErrors.NO_WORKSTATION({ host });
  return name;
}
