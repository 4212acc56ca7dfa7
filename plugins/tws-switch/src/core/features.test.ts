import { Plan, Tree } from '@ftctl/plan';
import { parseTopology } from '@ftctl/plan/files';
import { expect, it } from 'vitest';
import { FEATURES, tooOld } from './features.ts';

const tree = new Tree(
  parseTopology(
    `domains: { R: {} }
workstations:
  M: { type: master, domain: R }
  OLD: { type: fta, domain: R }
  NEW: { type: fta, domain: R }
  SILENT: { type: fta, domain: R }
  X: { type: x-agent, domain: R, host: OLD }
`,
    'net.yaml',
  ),
);

it('names the workstations that have said that they do not know switch fault tolerance', () => {
  const plan = new Plan();
  say('M', FEATURES);
  say('NEW', [...FEATURES, 'something-newer']);
  say('OLD', ['something-else']);
  expect(tooOld(plan, tree)).toEqual(['OLD']);
  say('OLD', FEATURES);
  expect(tooOld(plan, tree)).toEqual([]);

  function say(ws: string, features: readonly string[]): void {
    const v = { era: 1, n: (plan.cpu(ws).s?.v.n ?? 0) + 1 };
    const s = { v, limit: 1, fence: 0, run: 1, init: true, jobman: true, features };
    plan.apply({ k: 'cpu', ws, s }, { ws, inc: 1, nonce: '00000000', id: v.n });
  }
});
