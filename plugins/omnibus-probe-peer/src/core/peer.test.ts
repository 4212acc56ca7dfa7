import { describe, expect, it } from 'vitest';
import type { OwnEvent, Report } from './cache.ts';
import { startPeer, stepPeer } from './peer.ts';
import type { PeerConfig, PeerInput, PeerState, PeerStep } from './peer-types.ts';
import type { MasterBeat, PositionRange } from './records.ts';
import { writeReports } from './report.ts';
import { holdMs } from './slave.ts';

const INCARNATION = 'a'.repeat(32);
const MASTER_INCARNATION = 'b'.repeat(32);

/** Drives one probe and stores what it commits, like the plugin does. */
class Driven {
  state: PeerState;
  readonly outbox: OwnEvent[] = [];
  readonly cacheLog: OwnEvent[] = [];
  trimmedTo = 0;
  told: readonly PositionRange[] = [];
  readonly settled = new Set<number>();
  readonly unseen = new Map<number, Report>();
  lastStep: PeerStep | undefined;

  constructor(config: Partial<PeerConfig>) {
    this.state = this.#start(config, 0);
  }

  /** A new life, from what is on disk. */
  restart(nowMs: number): void {
    this.state = this.#start({}, nowMs);
  }

  #start(config: Partial<PeerConfig>, nowMs: number): PeerState {
    const cached = this.cacheLog.slice(this.trimmedTo).map((one) => {
      const state = this.settled.has(one.cacheSeq) ? 'done' : 'forwarded';
      return { ...one, state, receivedAtMs: nowMs } as OwnEvent;
    });
    const whole = {
      host: 'here',
      mode: 'slave',
      peer: 'there',
      beatIntervalMs: 2_000,
      beatThresholdMs: 1_000,
      peerMode: 'exact',
      incarnation: INCARNATION,
      ...config,
    } as const;
    const unseen = [...this.unseen.values()];
    return startPeer(whole, nowMs, {
      cached,
      outstanding: [],
      deliveredUpTo: 0,
      told: this.told,
      unseen,
    });
  }

  step(input: PeerInput): PeerStep {
    const step = stepPeer(this.state, input);
    this.state = step.state;
    this.lastStep = step;
    for (const one of step.commit) {
      if (one.kind === 'trim') this.trimmedTo = one.events.at(-1)?.cacheSeq ?? this.trimmedTo;
      else if (one.kind === 'cache') {
        for (const event of one.events) event.cacheSeq = this.cacheLog.push(event);
      } else if (one.kind === 'forward') {
        for (const event of one.events) event.seq = this.outbox.push(event);
      } else if (one.kind === 'heard') {
        this.told = one.told;
        for (const { cacheSeq } of one.settled) this.settled.add(cacheSeq);
        for (const report of one.unseen) this.unseen.set(report.seq, report);
      } else for (const { seq } of one.reports) this.unseen.delete(seq);
    }
    return step;
  }

  events(nowMs: number, ...events: OwnEvent[]): PeerStep {
    return this.step({ kind: 'events', nowMs, events });
  }

  /** Ticks every 50 ms up to and including `untilMs`. */
  run(untilMs: number): void {
    for (let now = this.state.lastTickMs + 50; now <= untilMs; now += 50) {
      this.step({ kind: 'tick', nowMs: now });
    }
  }

  texts(): string[] {
    return this.outbox.map((event) => event.event.fields.Summary);
  }
}

function event(text: string, atMs: number): OwnEvent {
  const print = text.padEnd(16, '0').slice(0, 16);
  const sighting = { print, from: atMs, to: atMs };
  const fields = {
    Identifier: text,
    Node: 'n',
    Manager: 'm',
    AlertGroup: 'g',
    AlertKey: 'k',
    Severity: 1,
    Summary: text,
  };
  return {
    ...sighting,
    event: { fields, occurredAtMs: atMs, sighting },
    receivedAtMs: atMs,
    seq: 0,
    cacheSeq: 0,
    state: 'cached',
  };
}

function beat(
  after: number,
  delivered: readonly OwnEvent[],
  change: Partial<MasterBeat> = {},
): MasterBeat {
  const numbered = delivered.map((one, index) => ({ ...one, seq: after + index + 1 }));
  return {
    incarnation: MASTER_INCARNATION,
    intervalMs: 2_000,
    after,
    upTo: after + delivered.length,
    ...writeReports(numbered, after),
    ...change,
  };
}

describe('the slave', () => {
  it('caches between beats, drops just what the master delivered and forwards the rest on take-over', () => {
    const slave = new Driven({});
    slave.events(100, event('a', 100), event('b', 110), event('c', 120));
    slave.step({ kind: 'beat', nowMs: 1_000, beat: beat(0, [event('a', 101), event('c', 125)]) });
    expect(slave.lastStep?.thenSend).toEqual([
      { kind: 'told', position: { incarnation: MASTER_INCARNATION, seq: 2 } },
    ]);
    expect(slave.state.slave.cache.size).toBe(1);
    slave.run(3_950);
    expect(slave.state.active).toBe(false);
    slave.run(4_000);
    expect(slave.state.active).toBe(true);
    expect(slave.texts()).toEqual(['b']);
    expect(slave.trimmedTo).toBe(3);
    slave.events(4_100, event('d', 4_100));
    expect(slave.texts()).toEqual(['b', 'd']);
  });

  it('takes over when it never heard a beat', () => {
    const slave = new Driven({});
    slave.events(10, event('a', 10));
    slave.run(3_000);
    expect(slave.texts()).toEqual(['a']);
  });

  it("takes over the master's interval", () => {
    const slave = new Driven({ beatIntervalMs: 60_000 });
    slave.step({ kind: 'beat', nowMs: 0, beat: beat(0, [], { intervalMs: 500 }) });
    slave.run(1_450);
    expect(slave.state.active).toBe(false);
    slave.run(1_500);
    expect(slave.state.active).toBe(true);
  });

  it('steps back at the next beat and says so', () => {
    const slave = new Driven({});
    slave.run(3_000);
    expect(slave.state.active).toBe(true);
    const step = slave.step({ kind: 'beat', nowMs: 5_000, beat: beat(0, []) });
    expect(slave.state.active).toBe(false);
    expect(step.thenRun.map((message) => message.id)).toEqual(['FTOP003I']);
    slave.events(5_100, event('later', 5_100));
    expect(slave.texts()).toEqual([]);
  });

  it('does not forward what the master reported before its own copy arrived', () => {
    const slave = new Driven({});
    slave.step({ kind: 'beat', nowMs: 200, beat: beat(0, [event('a', 190)]) });
    slave.events(210, event('a', 210));
    slave.events(900, event('a', 900));
    slave.run(4_000);
    expect(slave.texts()).toEqual(['a']);
    expect(slave.outbox[0]?.from).toBe(900);
  });

  it('takes a repeated or late beat for what it is', () => {
    const slave = new Driven({});
    const [first, second] = [event('a', 100), event('a', 200)];
    slave.events(200, first, second);
    slave.step({ kind: 'beat', nowMs: 300, beat: beat(0, [event('a', 100)]) });
    slave.step({ kind: 'beat', nowMs: 301, beat: beat(0, [event('a', 100)]) });
    expect(slave.state.slave.cache.size).toBe(1);
  });

  it('forwards by itself what the master does not deliver in time', () => {
    const slave = new Driven({});
    slave.events(0, event('missed', 0));
    const hold = holdMs(slave.state);
    for (let now = 1_000; now < hold; now += 1_000) {
      slave.run(now);
      slave.step({ kind: 'beat', nowMs: now, beat: beat(0, []) });
    }
    expect(slave.texts()).toEqual([]);
    slave.run(hold);
    expect(slave.texts()).toEqual(['missed']);
    expect(slave.state.active).toBe(false);
  });

  it('gives beats in its socket a chance after it was stopped itself', () => {
    const slave = new Driven({});
    slave.step({ kind: 'beat', nowMs: 0, beat: beat(0, []) });
    slave.run(1_000);
    slave.step({ kind: 'tick', nowMs: 20_000 });
    expect(slave.state.active).toBe(false);
    slave.run(21_000);
    expect(slave.state.active).toBe(true);
  });

  it('tells which deliveries it knew, so that the ObjectServer compares with the others only', () => {
    const slave = new Driven({});
    slave.step({ kind: 'beat', nowMs: 0, beat: beat(7, [event('x', 0), event('y', 0)]) });
    const forward = (step: PeerStep) => step.commit.find((one) => one.kind === 'forward');
    slave.run(3_000);
    expect(forward(slave.events(3_100, event('z', 3_100)))?.pair).toEqual({
      partner: 'there',
      told: [{ incarnation: MASTER_INCARNATION, after: 7, seq: 9 }],
    });
    slave.step({ kind: 'beat', nowMs: 3_200, beat: beat(20, []) });
    slave.run(6_300);
    // Reports are missing between: the master has restarted. What was known stays known.
    expect(forward(slave.events(6_400, event('w', 6_400)))?.pair?.told).toEqual([
      { incarnation: MASTER_INCARNATION, after: 7, seq: 9 },
      { incarnation: MASTER_INCARNATION, after: 20, seq: 20 },
    ]);
  });

  it('goes on with what it knew after a restart', () => {
    const slave = new Driven({});
    slave.events(100, event('first', 100), event('a', 101), event('a', 102), event('a', 103));
    // Two of three equal events; an older one keeps them all in the cache's log.
    slave.step({ kind: 'beat', nowMs: 200, beat: beat(0, [event('a', 101), event('a', 102)]) });
    slave.step({ kind: 'beat', nowMs: 210, beat: beat(2, [event('late', 205)]) });
    slave.restart(220);
    // Said again, since the answer may have been lost: not counted again.
    slave.step({ kind: 'beat', nowMs: 230, beat: beat(0, [event('a', 101), event('a', 102)]) });
    slave.events(240, event('late', 206));
    slave.run(4_000);
    expect(slave.texts()).toEqual(['first', 'a']);
    expect(slave.outbox[1]?.from).toBe(103);
    expect(slave.trimmedTo).toBe(4);
    expect(slave.unseen.size).toBe(0);
  });

  it('classic: loses what the master had read and not delivered', () => {
    const slave = new Driven({ peerMode: 'classic' });
    slave.events(100, event('a', 100));
    slave.step({ kind: 'beat', nowMs: 1_000, beat: beat(0, []) });
    slave.events(1_100, event('b', 1_100));
    slave.run(4_000);
    expect(slave.texts()).toEqual(['b']);
  });
});

describe('the master', () => {
  const sentBeats = (master: Driven) =>
    (master.lastStep?.thenSend ?? []).flatMap((send) => (send.kind === 'beat' ? [send.beat] : []));

  it('forwards at once and reports what is delivered until the slave knows it', () => {
    const master = new Driven({ mode: 'master' });
    master.events(0, event('a', 0), event('b', 1), event('c', 2));
    expect(master.texts()).toEqual(['a', 'b', 'c']);
    master.step({ kind: 'delivered', upTo: 2 });
    master.step({ kind: 'tick', nowMs: 2_000 });
    expect(sentBeats(master)).toMatchObject([{ intervalMs: 2_000, after: 0, upTo: 2 }]);
    expect(sentBeats(master)[0]?.reports).toHaveLength(2);
    master.step({ kind: 'told', position: { incarnation: INCARNATION, seq: 1 } });
    master.step({ kind: 'tick', nowMs: 4_000 });
    expect(sentBeats(master)).toMatchObject([{ after: 1, upTo: 2 }]);
    expect(sentBeats(master)[0]?.reports).toHaveLength(1);
  });

  it('beats every interval, and sooner while many reports wait', () => {
    const master = new Driven({ mode: 'master' });
    const times: number[] = [];
    for (let now = 50; now <= 6_000; now += 50) {
      master.step({ kind: 'tick', nowMs: now });
      if (sentBeats(master).length > 0) times.push(now);
    }
    expect(times).toEqual([50, 2_000, 4_000, 6_000]);
    const many = Array.from({ length: 1_200 }, (_, index) => event(`e${index}`, 6_000));
    master.events(6_000, ...many);
    master.step({ kind: 'delivered', upTo: 1_200 });
    const reported: number[] = [];
    for (let now = 6_050; now <= 6_400; now += 50) {
      master.step({ kind: 'tick', nowMs: now });
      for (const one of sentBeats(master)) {
        reported.push(one.reports.length);
        master.step({ kind: 'told', position: { incarnation: INCARNATION, seq: one.upTo } });
      }
    }
    expect(reported.slice(0, 4)).toEqual([250, 250, 250, 250]);
  });

  it('ignores an answer meant for a store it no longer has', () => {
    const master = new Driven({ mode: 'master' });
    master.events(0, event('a', 0));
    master.step({ kind: 'told', position: { incarnation: MASTER_INCARNATION, seq: 1 } });
    expect(master.state.master.outstanding).toHaveLength(1);
  });

  it('complains once about a second master', () => {
    const master = new Driven({ mode: 'master' });
    const ids = [0, 10].map((nowMs) =>
      master.step({ kind: 'beat', nowMs, beat: beat(0, []) }).thenRun.map((message) => message.id),
    );
    expect(ids).toEqual([['FTOP005W'], []]);
  });

  it('forwards what it had cached as a slave before', () => {
    const master = new Driven({ mode: 'master' });
    const left = event('left', 0);
    left.cacheSeq = 1;
    master.state.slave.cache.add(left);
    master.step({ kind: 'tick', nowMs: 50 });
    expect(master.texts()).toEqual(['left']);
    expect(master.trimmedTo).toBe(1);
  });
});
