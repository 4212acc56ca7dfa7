import { describe, expect, it } from 'vitest';
import { tree } from '../test/figure-3.ts';
import { parseTopology } from './files/index.ts';
import { Tree } from './tree.ts';
import { candidatesOf, votersOf } from './voters.ts';

function treeOf(domains: string, workstations: string): Tree {
  return new Tree(parseTopology(`domains:\n${domains}\nworkstations:\n${workstations}`, 'n.yaml'));
}

describe('voters', () => {
  it('are the manager, its full-status agents, then other agents by name', () => {
    expect(votersOf(tree, 'DM1')).toEqual(['DM1', 'FS1A', 'FTA1A']);
    expect(votersOf(tree, 'MASTERDM')).toEqual(['MASTER', 'FSA', 'FTAA']);
  });

  it('are filled from the parent domain, its manager first', () => {
    expect(votersOf(tree, 'DM2')).toEqual(['DM2', 'FTA2A', 'MASTER']);
    expect(votersOf(tree, 'DM11')).toEqual(['DM11', 'FTA11A', 'DM1']);
  });

  it('of the root are filled from child domains by name', () => {
    const small = treeOf(
      '  R: {}\n  B: { parent: R }\n  A: { parent: R }',
      '  M: { type: master, domain: R }\n  MB: { type: manager, domain: B }\n  MA: { type: manager, domain: A }',
    );
    expect(votersOf(small, 'R')).toEqual(['M', 'MA', 'MB']);
  });

  it('are fewer than three where there are not more workstations', () => {
    expect(votersOf(treeOf('  R: {}', '  M: { type: master, domain: R }'), 'R')).toEqual(['M']);
  });

  it('never are extended agents', () => {
    const hosts = treeOf(
      '  R: {}',
      '  M: { type: master, domain: R }\n  A: { type: x-agent, domain: R, host: M }\n  F: { domain: R }',
    );
    expect(votersOf(hosts, 'R')).toEqual(['M', 'F']);
  });

  it('and candidates are as configured', () => {
    const set = treeOf(
      '  R: { voters: [f1, f2, m], candidates: [f2, m] }',
      '  M: { type: master, domain: R }\n  F1: { domain: R }\n  F2: { domain: R, fullstatus: on }',
    );
    expect(votersOf(set, 'R')).toEqual(['F1', 'F2', 'M']);
    expect(candidatesOf(set, 'R')).toEqual(['F2', 'M']);
  });
});

describe('candidates', () => {
  it('are what runs the domain, by name', () => {
    expect(candidatesOf(tree, 'DM1')).toEqual(['DM1', 'FS1A']);
    expect(candidatesOf(tree, 'DM2')).toEqual(['DM2']);
  });
});
