import { makeSymphony, Plan, Tree } from '@ftctl/plan';
import { parseDefinitions, parseTopology } from '@ftctl/plan/files';
import { describe, expect, it } from 'vitest';
import type { Viewpoint } from './link-part.ts';
import { parseSelection, selectJobs, selectStreams, selectWorkstations } from './select.ts';
import { CPU_COLUMNS, cpuCells, showCpus } from './show-cpus.ts';
import { LINK_COLUMNS, linkCells, showLinks } from './show-links.ts';
import { jobRow, streamRow } from './show-plan.ts';

const topology = parseTopology(
  `domains: { R: {}, D: { parent: R } }
workstations:
  M: { type: master, domain: R, limit: 7 }
  DM: { type: manager, domain: D }
  FTA1: { type: fta, domain: D, autolink: off }
  X: { type: x-agent, domain: D, host: DM, method: sap }
`,
  'net.yaml',
);
const tree = new Tree(topology);
const plan = new Plan();
for (const run of [1, 2]) {
  const text = `streams:
  FTA1#NIGHT:
    limit: 3
    jobs:
      A: "true"
      B: { command: "true", follows: A, on: X }
  M#NOON:
    jobs: { A: "true" }
`;
  const definitions = parseDefinitions(text, 'plan.yaml', topology);
  const made = makeSymphony({ definitions, run, nowMs: 0, utcOffsetMinutes: 0 });
  const of = { ws: 'M', inc: 1, nonce: '00000000', id: run };
  plan.apply({ k: 'add', ...made }, of);
}
plan.header = { plan: { epoch: 0, run: 2 }, madeAtMs: 0, switchFaultTolerance: true };
const view: Viewpoint = {
  tree,
  plan,
  self: 'M',
  managerOf: (domain) => tree.domain(domain).manager,
  enhanced: true,
  out: ['DM'],
  in: ['DM'],
};

describe('a selection', () => {
  it.each([
    [
      '@#@.@',
      [
        'FTA1#NIGHT.1.A',
        'FTA1#NIGHT.1.B',
        'FTA1#NIGHT.2.A',
        'FTA1#NIGHT.2.B',
        'M#NOON.1.A',
        'M#NOON.2.A',
      ],
    ],
    ['fta1#night.b', ['FTA1#NIGHT.1.B', 'FTA1#NIGHT.2.B']],
    ['FTA1#NIGHT(2).@', ['FTA1#NIGHT.2.A', 'FTA1#NIGHT.2.B']],
    ['FTA1#NIGHT.2.A', ['FTA1#NIGHT.2.A']],
    ['N@.A', ['FTA1#NIGHT.1.A', 'FTA1#NIGHT.2.A', 'M#NOON.1.A', 'M#NOON.2.A']],
    ['NOWHERE#@.@', []],
  ])('%s of jobs', (text, ids) => {
    expect(selectJobs(plan, parseSelection(text))).toEqual(ids);
  });

  it('of streams and workstations', () => {
    expect(selectStreams(plan, parseSelection('M#@'))).toEqual(['M#NOON.1', 'M#NOON.2']);
    expect(selectWorkstations(tree, '@')).toEqual(['M', 'DM', 'FTA1', 'X']);
    expect(selectWorkstations(tree, 'd!@')).toEqual(['DM', 'FTA1', 'X']);
    expect(selectWorkstations(tree, 'F@')).toEqual(['FTA1']);
  });

  it.each(['', 'M#', '##', 'M#S('])('"%s" is none', (text) => {
    expect(() => parseSelection(text)).toThrow(/is no selection/);
  });
});

describe('rows', () => {
  it('of jobs and streams say what they wait for and what is pending', () => {
    const command = { c: 'cancel', target: { kind: 'job', id: 'FTA1#NIGHT.2.B' } } as const;
    const of = { ws: 'M', inc: 1, nonce: '00000000', id: 9 };
    plan.apply({ k: 'command', owner: 'DM', command }, of);
    expect(jobRow(plan, plan.job('FTA1#NIGHT.2.B'))).toMatchObject({
      workstation: 'FTA1',
      schedule: 'NIGHT',
      run: 2,
      job: 'B',
      runsOn: 'X',
      state: 'HOLD',
      startMs: null,
      waitsFor: ['FTA1#NIGHT.2.A'],
      pending: ['pending: cancel'],
    });
    expect(streamRow(plan, plan.stream('FTA1#NIGHT.2'))).toMatchObject({
      schedule: 'NIGHT',
      state: 'HOLD',
      limit: 3,
      jobs: 2,
      ended: 0,
      pending: [],
    });
  });

  it('of workstations have as many cells as columns', () => {
    const names = [...topology.workstations.keys()];
    const cpus = showCpus(view, names, () => ({ date: '01/01/70', time: '00:00' }));
    expect(cpus.map(cpuCells).every((cells) => cells.length === CPU_COLUMNS.length)).toBe(true);
    expect(cpus).toMatchObject([
      { cpuId: 'M', node: '*UNIX MASTER', limit: 7 },
      { cpuId: 'DM', node: 'UNIX MANAGER' },
      { cpuId: 'FTA1', node: 'UNIX FTA' },
      { cpuId: 'X', node: expect.stringMatching(/X-AGENT$/), method: 'sap' },
    ]);
    const links = showLinks(view, names);
    expect(links.map(linkCells).every((cells) => cells.length === LINK_COLUMNS.length)).toBe(true);
    expect(links).toMatchObject([
      { cpuId: 'M', flags: 'AF', out: ['DM'], in: ['DM'] },
      { cpuId: 'DM', flags: 'AF', out: [], in: [] },
      { cpuId: 'FTA1', flags: '' },
      { cpuId: 'X', host: 'DM', node: '' },
    ]);
  });
});
