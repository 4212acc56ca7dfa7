import { type Part, Plan } from '@ftctl/plan';
import { expect, it } from 'vitest';
import { isAhead } from './ahead.ts';

const def = {
  stream: 'FTA#NIGHT.3',
  name: 'LOAD',
  ws: 'FTA',
  command: 'true',
  follows: [],
  priority: 10,
  prompts: [],
  recovery: 'stop',
} as const;

function job(run: number, more: object = {}, s: object = {}): Part {
  const id = `FTA#NIGHT.${run}.LOAD`;
  return { kind: 'job', id, def: { id, ...def, ...more }, ...s };
}

it('is a bare definition of a later run: no state, not submitted, nothing that outlives plans', () => {
  const plan = new Plan();
  expect(isAhead(plan, job(1))).toBe(true);
  plan.header = { plan: { epoch: 1, run: 3 }, madeAtMs: 0, switchFaultTolerance: true };
  expect(isAhead(plan, job(4))).toBe(true);
  expect(isAhead(plan, job(3))).toBe(false);
  expect(isAhead(plan, job(4, { submitted: 4 }))).toBe(false);
  const s = { v: { era: 1, n: 1 }, state: 'READY', attempt: 0, priority: 10 };
  expect(isAhead(plan, job(4, {}, { s }))).toBe(false);
  expect(isAhead(plan, { kind: 'cpu', id: 'FTA' })).toBe(false);
});
