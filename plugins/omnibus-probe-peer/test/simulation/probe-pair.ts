import { nothingLost, nothingTwice, type SimPlugin, type SimProcess, type World } from '@ftctl/sim';
import { alertTable } from '../../src/alert-table.ts';
import type { Config, ProbeConfig } from '../../src/config.ts';
import type { AlertRow } from '../../src/core/alert.ts';
import { omnibusProbePeer } from '../../src/plugin.ts';
import { SyslogNetwork, syslogMessage } from './syslog-network.ts';

export const MASTER = 'probe-a';
export const SLAVE = 'probe-b';
export const SERVER = 'objectserver';
export const PROBES = [MASTER, SLAVE];
export const HOSTS = [MASTER, SLAVE, SERVER];
const ID = 'omnibus-probe-peer';

/** A probe that lives so long after it read an event has it on disk. */
const STORED_WITHIN_MS = 200;

interface Reading {
  readonly process: SimProcess;
  readonly at: number;
}

/** One event that the simulation sent to both probes. */
export interface SentEvent {
  readonly text: string;
  readonly at: number;
  readonly readings: Reading[];
}

/** A master, a slave and an ObjectServer in the simulated world, and what was sent to them. */
export class ProbePair {
  readonly world: World;
  readonly syslog: SyslogNetwork;
  readonly sent: SentEvent[] = [];
  readonly #plugins = new Map<string, SimPlugin<Config>>();
  readonly #diedAt = new Map<SimProcess, number>();

  constructor(world: World, change: Partial<ProbeConfig> = {}) {
    this.world = world;
    this.syslog = new SyslogNetwork(world);
    this.#start(SERVER, { role: 'objectserver', alertLimit: 100_000 });
    this.#start(MASTER, { ...probe('master', SLAVE), ...change });
    this.#start(SLAVE, { ...probe('slave', MASTER), ...change });
  }

  plugin(host: string): SimPlugin<Config> {
    const plugin = this.#plugins.get(host);
    if (plugin === undefined) throw new Error(`no plugin on ${host}`);
    return plugin;
  }

  /** Sends one event to both probes, as a sender with two targets does. */
  send(text: string, style: 'rfc3164' | 'rfc5424' | 'bare'): void {
    const event: SentEvent = { text, at: this.world.now, readings: [] };
    this.sent.push(event);
    this.world.history.record('item.offered', { item: text });
    const message = syslogMessage(style, text, this.world.now);
    for (const host of PROBES) {
      this.syslog.send(host, message, (process) => {
        event.readings.push({ process, at: this.world.now });
      });
    }
  }

  /**
   * True when this probe read it and lived long enough to store it: a moment
   * where its disk worked, else to the end.
   */
  #isSafeOn(host: string, event: SentEvent): boolean {
    return event.readings.some(({ process, at }) => {
      if (process.host !== host) return false;
      const died = this.#diedAt.get(process);
      if (died === undefined) return true;
      return died - at > STORED_WITHIN_MS && !this.#diskFailed(host);
    });
  }

  /**
   * How many of equal events that were sent at once must count: as many as one
   * probe alone has. Where each has missed another one, nothing tells that from
   * both having the same (decision 2, "What remains").
   */
  #mustCount(burst: readonly SentEvent[]): number {
    return Math.max(
      ...PROBES.map((host) => burst.filter((event) => this.#isSafeOn(host, event)).length),
    );
  }

  #diskFailed(host: string): boolean {
    const faults = this.world.history.of(
      'faults.disk-full',
      'faults.disk-hang',
      'faults.disk-slow',
    );
    return faults.some((fault) => fault.host === host);
  }

  /** Writes into the history what is safe by now, and what the ObjectServer's alert table counts. */
  testify(): void {
    const { history } = this.world;
    const bursts = new Map<string, SentEvent[]>();
    for (const event of this.sent) {
      const key = `${event.at} ${event.text}`;
      bursts.set(key, [...(bursts.get(key) ?? []), event]);
    }
    for (const burst of bursts.values()) {
      for (let n = this.#mustCount(burst); n > 0; n -= 1) {
        history.record('item.acknowledged', { item: burst[0]?.text ?? '' });
      }
    }
    const rows: readonly AlertRow[] = alertTable(this.plugin(SERVER).store).all();
    for (const { Summary: item, Tally: times } of rows) {
      history.record('item.applied', { host: SERVER, place: 'the alert table', item, times });
    }
  }

  #start(host: string, config: Config): void {
    const source = (process: SimProcess) => {
      process.onDeath(() => this.#diedAt.set(process, this.world.now));
      return omnibusProbePeer(this.syslog.ioOf(process));
    };
    this.#plugins.set(
      host,
      this.world.startPlugin(host, source, { id: ID, config }) as SimPlugin<Config>,
    );
  }
}

function probe(mode: 'master' | 'slave', peer: string): ProbeConfig {
  return {
    role: 'probe',
    Mode: mode,
    PeerHost: peer,
    BeatInterval: 2,
    BeatThreshold: 1,
    peerMode: 'exact',
    Server: SERVER,
    syslog: { address: '127.0.0.1', udpPort: 514 },
    outboxLimitMb: 64,
  };
}

/** What is wrong with the alert table; equal texts count together. To be asked once, at the end. */
export function account(pair: ProbePair): {
  readonly safe: number;
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
} {
  pair.testify();
  const { entries } = pair.world.history;
  return {
    safe: pair.world.history.of('item.acknowledged').length,
    lost: nothingLost()(entries),
    duplicated: nothingTwice()(entries),
  };
}
