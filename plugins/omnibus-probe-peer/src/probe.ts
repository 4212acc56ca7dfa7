import {
  type CommandResult,
  describeError,
  type Health,
  type Log,
  type PluginContext,
  type PluginInstance,
  type Shipment,
  type Timer,
  type Transaction,
} from '@ftctl/sdk';
import { alertStream, masterBeats, toldBeats } from './channels.ts';
import { probeStatusResult } from './commands/status.ts';
import { type CommitQueue, createCommitQueue } from './commit-queue.ts';
import type { ProbeConfig } from './config.ts';
import { startPeer, stepPeer } from './core/peer.ts';
import type { PeerCommit, PeerInput, PeerSend, PeerState } from './core/peer-types.ts';
import { TICK_MS } from './core/reception.ts';
import { type ProbeEvent, probeEventCodec } from './core/records.ts';
import type { ProbeStatus } from './core/status.ts';
import { Gathering } from './gathering.ts';
import { comparesWithPeer, createIntake, type Intake } from './intake.ts';
import type { ProbeIo, SyslogListener } from './io/io.ts';
import { probeMessages } from './messages.ts';
import { createProbeMetrics } from './probe-metrics.ts';
import { CACHE_CURSOR, recoverProbe, SERVER_CURSOR } from './recovery.ts';
import { type ServerClock, startServerClock } from './server-clock.ts';
import { SlaveMemory } from './slave-memory.ts';
import { probeViews } from './views.ts';

const CACHE_LIMIT_BYTES = 256 * 1024 * 1024;

/** The probe's side: receives syslog, works with its peer, ships events to the ObjectServer. */
export function createProbe(
  ctx: PluginContext<unknown>,
  config: ProbeConfig,
  io: ProbeIo,
): PluginInstance {
  let running: Probe | undefined;
  return {
    async start() {
      running = new Probe(ctx, config, io);
      await running.start();
    },
    async stop() {
      await running?.stop();
      running = undefined;
    },
    health: () => running?.health() ?? { state: 'failed', reason: 'not started' },
    commands: {
      status: (): CommandResult => probeStatusResult(running?.status()),
    },
    views: probeViews(() => running?.status()),
  };
}

class Probe {
  readonly #ctx: PluginContext<unknown>;
  readonly #config: ProbeConfig;
  readonly #io: ProbeIo;
  readonly #outbox: Log<ProbeEvent>;
  readonly #cache: Log<ProbeEvent>;
  readonly #memory: SlaveMemory;
  readonly #commits: CommitQueue;
  readonly #serverClock: ServerClock;
  readonly #intake: Intake;
  readonly #shipment: Shipment;
  readonly #gathering: Gathering;
  readonly #metrics;
  #peer: PeerState;
  #listener: SyslogListener | undefined;
  #tickTimer: Timer | undefined;
  #received = 0;
  #forwarded = 0;
  #lost = 0;
  #lostToTell = 0;

  constructor(ctx: PluginContext<unknown>, config: ProbeConfig, io: ProbeIo) {
    this.#ctx = ctx;
    this.#config = config;
    this.#io = io;
    this.#outbox = ctx.store.log('outbox', {
      codec: probeEventCodec,
      limitBytes: config.outboxLimitMb * 1024 * 1024,
      overflow: 'refuse',
    });
    this.#cache = ctx.store.log('cache', {
      codec: probeEventCodec,
      limitBytes: CACHE_LIMIT_BYTES,
      overflow: 'refuse',
    });
    this.#commits = createCommitQueue(ctx.store, ctx.clock, (why) => this.#onTrouble(why));
    this.#metrics = createProbeMetrics(ctx.metrics);
    const nowMs = ctx.clock.monotonic();
    this.#memory = new SlaveMemory(ctx.store);
    this.#peer = startPeer(
      this.#peerConfig(),
      nowMs,
      recoverProbe({ cache: this.#cache, outbox: this.#outbox, memory: this.#memory, nowMs }),
    );
    this.#serverClock = startServerClock({ ...ctx, server: config.Server });
    this.#intake = createIntake({
      io,
      compares: comparesWithPeer(config),
      serverTime: (monotonicMs) => this.#serverClock.at(monotonicMs),
    });
    this.#gathering = new Gathering({
      clock: ctx.clock,
      waiting: () => this.#commits.waiting,
      store: (events) => this.#step({ kind: 'events', nowMs: ctx.clock.monotonic(), events }),
      hold: (held) => (held ? this.#listener?.pause() : this.#listener?.resume()),
    });
    const server = { host: config.Server };
    this.#shipment = ctx.link.ship(alertStream, this.#outbox, server, SERVER_CURSOR);
    this.#shipment.onDelivered((upTo) => this.#step({ kind: 'delivered', upTo }));
    ctx.link.onBeat(masterBeats, (beat, from) => {
      if (from.host !== config.PeerHost) return;
      this.#step({ kind: 'beat', nowMs: ctx.clock.monotonic(), beat });
    });
    ctx.link.onPeer(({ host, up }) => {
      if (up && host === config.PeerHost) {
        this.#step({ kind: 'peer-up', nowMs: ctx.clock.monotonic() });
      }
    });
    ctx.link.onBeat(toldBeats, (position, from) => {
      if (from.host === config.PeerHost) this.#step({ kind: 'told', position });
    });
  }

  /** Beats start only when syslog is received: a master that hears nothing must not look alive. */
  async start(): Promise<void> {
    await this.#ctx.store.commit((tx) => tx.moveCursor(this.#cache, CACHE_CURSOR, 0));
    this.#intake.begin(this.#ctx.clock.monotonic());
    this.#listener = await this.#io.listenSyslog(this.#config.syslog, {
      message: (bytes, from, transport) => this.#receive(bytes, from, transport),
      drained: () => this.#intake.drained(),
      trouble: (text) => this.#ctx.log.warn(text),
    });
    const { udpPort, tcpPort } = this.#listener;
    this.#ctx.messages.emit(probeMessages.FTOP001I({ mode: this.#config.Mode, udpPort, tcpPort }));
    this.#tick();
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
    this.#gathering.flush();
    this.#tickTimer?.cancel();
    this.#serverClock.stop();
    this.#shipment.stop();
    // What was read is on disk before the plugin has stopped, unless the disk refuses.
    await this.#ctx.store
      .commit(() => undefined)
      .catch((cause: unknown) => {
        this.#ctx.log.error('stopped with events that could not be stored', {
          waiting: this.#commits.waiting,
          why: describeError(cause),
        });
      });
    this.#commits.stop();
  }

  health(): Health {
    const details = { ...this.status() };
    const shipment = this.#shipment.status();
    if (this.#commits.trouble !== undefined) {
      return { state: 'degraded', reason: `cannot store: ${this.#commits.trouble}`, details };
    }
    if (!shipment.up || shipment.refused !== undefined) {
      const why = shipment.refused ?? 'no link';
      return { state: 'degraded', reason: `ObjectServer ${this.#config.Server}: ${why}`, details };
    }
    if (this.#config.Mode === 'slave' && this.#peer.active) {
      return { state: 'degraded', reason: `no heartbeat from ${this.#config.PeerHost}`, details };
    }
    return { state: 'ok', details };
  }

  status(): ProbeStatus {
    const { clock } = this.#ctx;
    const shipment = this.#shipment.status();
    const wallOf = (monotonicMs: number) =>
      new Date(clock.now() - clock.monotonic() + monotonicMs).toISOString();
    return {
      role: 'probe',
      mode: this.#config.Mode,
      active: this.#peer.active,
      activeSince: this.#peer.active ? wallOf(this.#peer.activeSinceMs) : null,
      takeovers: this.#peer.takeovers,
      peer: this.#config.PeerHost ?? null,
      lastBeat: this.#config.Mode === 'slave' ? wallOf(this.#peer.slave.lastBeatMs) : null,
      udpPort: this.#listener?.udpPort ?? 0,
      tcpPort: this.#listener?.tcpPort ?? 0,
      received: this.#received,
      forwarded: this.#forwarded,
      lost: this.#lost,
      cached: this.#peer.slave.cache.size,
      server: this.#config.Server,
      serverUp: shipment.up,
      outbox: shipment.lag,
    };
  }

  #peerConfig() {
    return {
      host: this.#ctx.host.name,
      mode: this.#config.Mode,
      peer: this.#config.PeerHost ?? '',
      beatIntervalMs: this.#config.BeatInterval * 1_000,
      beatThresholdMs: this.#config.BeatThreshold * 1_000,
      peerMode: this.#config.peerMode,
      incarnation: this.#ctx.store.incarnation,
    };
  }

  #receive(bytes: Uint8Array, from: string, transport: 'udp' | 'tcp'): void {
    this.#received += 1;
    this.#metrics.received.add(1, { transport });
    if (this.#gathering.full) {
      this.#lost += 1;
      this.#lostToTell += 1;
      this.#metrics.lost.add(1);
      return;
    }
    this.#gathering.add(this.#intake.read(bytes, from, this.#ctx.clock.monotonic()));
  }

  #tick(): void {
    this.#tickTimer = this.#ctx.clock.setTimer(TICK_MS, () => this.#tick());
    const nowMs = this.#ctx.clock.monotonic();
    if (!this.#gathering.held) this.#intake.tick(nowMs);
    this.#serverClock.tick();
    this.#step({ kind: 'tick', nowMs });
    if (this.#lostToTell > 0 && this.#commits.trouble === undefined) {
      this.#ctx.messages.emit(probeMessages.FTOP008W({ count: this.#lostToTell }));
      this.#lostToTell = 0;
    }
    this.#metrics.active.set(this.#peer.active ? 1 : 0);
    this.#metrics.cached.set(this.#peer.slave.cache.size);
    this.#metrics.outbox.set(this.#shipment.status().lag);
  }

  #step(input: PeerInput): void {
    const { state, commit, thenSend, thenRun } = stepPeer(this.#peer, input);
    this.#peer = state;
    const effects = () => {
      for (const send of thenSend) this.#send(send);
      for (const message of thenRun) this.#ctx.messages.emit(message);
    };
    if (commit.length === 0) {
      effects();
      return;
    }
    const cached = countEvents(commit, 'cache');
    const forwarded = countEvents(commit, 'forward');
    this.#commits.push(
      (tx) => this.#apply(tx, commit),
      cached + forwarded,
      () => {
        this.#forwarded += forwarded;
        this.#metrics.forwarded.add(forwarded);
        effects();
        this.#gathering.pace();
      },
    );
  }

  #apply(tx: Transaction, commit: readonly PeerCommit[]): void {
    for (const one of commit) {
      if (one.kind === 'cache') {
        for (const own of one.events) own.cacheSeq = tx.append(this.#cache, own.event);
      } else if (one.kind === 'forward') {
        const { pair } = one;
        for (const own of one.events) {
          own.seq = tx.append(
            this.#outbox,
            pair === undefined ? own.event : { ...own.event, pair },
          );
        }
      } else if (one.kind === 'trim') {
        tx.moveCursor(this.#cache, CACHE_CURSOR, one.events.at(-1)?.cacheSeq ?? 0);
        this.#memory.letGo(tx, one.events);
      } else if (one.kind === 'heard') this.#memory.hear(tx, one);
      else this.#memory.see(tx, one.reports);
    }
  }

  #send(send: PeerSend): void {
    const { PeerHost: host, PeerPort: port } = this.#config;
    if (host === undefined) return;
    const peer = port === undefined ? { host } : { host, port };
    if (send.kind === 'beat') this.#ctx.link.beat(masterBeats, peer, send.beat);
    else this.#ctx.link.beat(toldBeats, peer, send.position);
  }

  #onTrouble(why: string | undefined): void {
    this.#ctx.messages.emit(
      why === undefined ? probeMessages.FTOP007I() : probeMessages.FTOP006E({ why }),
    );
  }
}

function countEvents(commit: readonly PeerCommit[], kind: 'cache' | 'forward'): number {
  return commit.reduce((sum, one) => sum + (one.kind === kind ? one.events.length : 0), 0);
}
