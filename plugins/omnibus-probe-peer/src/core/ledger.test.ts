import { describe, expect, it } from 'vitest';
import { admit, type LedgerTables, stillNeeded } from './ledger.ts';
import type { LedgerEntry, PositionRange, ProbeEvent } from './records.ts';

const A = { incarnation: 'a'.repeat(32) };
const B = { incarnation: 'b'.repeat(32) };
const print = '0123456789abcdef';

function tables(): LedgerTables & { all: Map<string, readonly LedgerEntry[]> } {
  const all = new Map<string, readonly LedgerEntry[]>();
  return {
    all,
    entries: (member, of) => all.get(`${member}/${of}`) ?? [],
    setEntries: (member, of, entries) => all.set(`${member}/${of}`, entries),
  };
}

function event(atMs: number, partner: string, told?: PositionRange): ProbeEvent {
  const text = 'x';
  return {
    fields: {
      Identifier: text,
      Node: text,
      Manager: text,
      AlertGroup: text,
      AlertKey: text,
      Severity: 1,
      Summary: text,
    },
    occurredAtMs: atMs,
    sighting: { print, from: atMs, to: atMs },
    pair: told === undefined ? { partner } : { partner, told: [told] },
  };
}

describe('admit', () => {
  it('counts an event of both members once, whoever is first', () => {
    const ledger = tables();
    const fromA = { from: 'a', at: { ...A, seq: 1 }, event: event(0, 'b'), nowMs: 0 };
    const fromB = { from: 'b', at: { ...B, seq: 1 }, event: event(20, 'a'), nowMs: 0 };
    expect([admit(ledger, fromA), admit(ledger, fromB)]).toEqual([true, false]);
    expect(admit(ledger, { ...fromB, at: { ...B, seq: 2 } })).toBe(true);
    expect(admit(ledger, { ...fromA, at: { ...A, seq: 2 } })).toBe(false);
  });

  it('counts a repetition from the same member', () => {
    const ledger = tables();
    const results = [1, 2, 3].map((seq) =>
      admit(ledger, { from: 'a', at: { ...A, seq }, event: event(seq, 'b'), nowMs: 0 }),
    );
    expect(results).toEqual([true, true, true]);
  });

  it('does not compare with deliveries that the other member knew', () => {
    const ledger = tables();
    admit(ledger, { from: 'a', at: { ...A, seq: 5 }, event: event(0, 'b'), nowMs: 0 });
    const told = { ...A, after: 0, seq: 5 };
    const at = { ...B, seq: 1 };
    expect(admit(ledger, { from: 'b', at, event: event(10, 'a', told), nowMs: 0 })).toBe(true);
  });

  it('compares with deliveries outside the known range, and of another history', () => {
    for (const told of [
      { ...A, after: 5, seq: 9 },
      { ...B, after: 0, seq: 9 },
    ]) {
      const ledger = tables();
      admit(ledger, { from: 'a', at: { ...A, seq: 5 }, event: event(0, 'b'), nowMs: 0 });
      const at = { ...B, seq: 1 };
      expect(admit(ledger, { from: 'b', at, event: event(10, 'a', told), nowMs: 0 })).toBe(false);
    }
  });

  it('counts everything of probes that do not compare', () => {
    const ledger = tables();
    const { pair: _, ...plain } = event(0, 'b');
    const delivery = { from: 'a', at: { ...A, seq: 1 }, event: plain, nowMs: 0 };
    expect([admit(ledger, delivery), admit(ledger, delivery)]).toEqual([true, true]);
    expect(ledger.all.size).toBe(0);
  });
});

describe('stillNeeded', () => {
  const entry = (seq: number, arrivedAtMs: number): LedgerEntry => ({
    from: 0,
    to: 0,
    at: { ...A, seq },
    arrivedAtMs,
  });

  it('drops old entries, and sooner those that both members know', () => {
    const entries = [entry(1, 0), entry(2, 0), entry(3, 500_000)];
    expect(stillNeeded(entries, undefined, 599_999)).toHaveLength(3);
    expect(stillNeeded(entries, { ...A, seq: 1 }, 60_000).map(({ at }) => at.seq)).toEqual([2, 3]);
    expect(stillNeeded(entries, undefined, 600_000).map(({ at }) => at.seq)).toEqual([3]);
  });
});
