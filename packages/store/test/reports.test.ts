import { describe, expect, it } from 'vitest';
import { Reports } from '../src/reports.ts';

function reporter() {
  const sent: number[] = [];
  const reports = new Reports((upTo) => sent.push(upTo));
  const outcomes: string[] = [];
  const add = (upTo: number) =>
    reports.add(upTo).then(
      () => outcomes.push(`kept ${upTo}`),
      () => outcomes.push(`lost ${upTo}`),
    );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { reports, sent, outcomes, add, settle };
}

describe('reports of a reader', () => {
  it('gather while one is under way, and are sent as one', async () => {
    const { reports, sent, outcomes, add, settle } = reporter();
    for (const upTo of [1, 2, 5, 3]) void add(upTo);
    expect(sent).toEqual([1]);
    reports.kept(1);
    await settle();
    expect(sent).toEqual([1, 5]);
    expect(outcomes).toEqual(['kept 1']);
    reports.kept(5);
    await settle();
    expect(outcomes.toSorted()).toEqual(['kept 1', 'kept 2', 'kept 3', 'kept 5']);
  });

  it('are settled by a position that is higher, and at once when it is known', async () => {
    const { reports, sent, outcomes, add, settle } = reporter();
    void add(1);
    void add(4);
    reports.kept(10);
    await settle();
    void add(7);
    await settle();
    expect(sent).toEqual([1]);
    expect(outcomes).toEqual(['kept 1', 'kept 4', 'kept 7']);
  });

  it('are rejected at the end, and moot when the store is another one', async () => {
    const one = reporter();
    void one.add(3);
    void one.add(4);
    one.reports.startAgain();
    await one.settle();
    expect(one.outcomes).toEqual(['kept 3', 'kept 4']);
    const other = reporter();
    void other.add(3);
    void other.add(4);
    other.reports.end();
    void other.add(5);
    await other.settle();
    expect(other.outcomes.toSorted()).toEqual(['lost 3', 'lost 4', 'lost 5']);
  });
});
