import { resolve } from 'node:path';
import { expectSimulation } from '@ftctl/sim';
import { expect, test } from 'vitest';
import { availableSimulations } from '../src/bundle.ts';
import { simulation as link } from '../src/simulations/link.ts';
import { simulation as store } from '../src/simulations/store.ts';
import { judge, type Shown } from '../src/simulations/store-model.ts';

test('the simulated store keeps what it acknowledged', () => expectSimulation(store, { runs: 10 }));

test('the simulated links lose nothing and apply nothing twice', () =>
  expectSimulation(link, { runs: 5 }));

test('every simulation of the registry is there', () => {
  const names = availableSimulations(resolve(import.meta.dirname, '../../..'));
  expect(names).toEqual(['store', 'link', 'omnibus-probe-peer', 'tws-switch', 'plan-mirror']);
});

const operation = (n: number) => ({ n, puts: [], deletes: [], advance: 0, throws: false });
const attempt = (n: number, outcome: 'resolved' | 'rejected' | 'unknown') => {
  return { operation: operation(n), life: 1, outcome };
};
const shown = (...records: number[]): Shown => ({
  records,
  first: 1,
  last: records.length,
  reader: 0,
  mark: records.at(-1) ?? 0,
  rows: [],
});

test('the checker takes a prefix of what was under way', () => {
  const attempts = [attempt(1, 'resolved'), attempt(2, 'unknown'), attempt(3, 'unknown')];
  for (const good of [shown(1), shown(1, 2), shown(1, 2, 3)]) {
    expect(judge(attempts, good)).toEqual([]);
  }
});

test('the checker finds a lost, a resurrected, a torn and a disordered commit', () => {
  const attempts = [attempt(1, 'resolved'), attempt(2, 'rejected'), attempt(3, 'unknown')];
  attempts.push(attempt(4, 'unknown'));
  const lost = { ...shown(), reader: undefined };
  for (const bad of [lost, shown(1, 2), shown(1, 4), shown(3, 1), { ...shown(1), mark: 3 }]) {
    expect(judge(attempts, bad)).not.toEqual([]);
  }
  expect(judge(attempts, lost)[0]).toBe('commits that had resolved are lost: 1');
});
