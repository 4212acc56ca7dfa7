import { describe, expect, it } from 'vitest';
import { tree } from '../test/figure-3.ts';

describe('the tree of domains', () => {
  it('knows what runs a domain, and who is a plain agent in it', () => {
    expect(tree.coreOf('MASTERDM')).toEqual(['FSA', 'MASTER']);
    expect(tree.plainOf('MASTERDM')).toEqual(['FTAA']);
    expect(tree.coreOf('DM1')).toEqual(['DM1', 'FS1A']);
    expect(tree.plainOf('DM1')).toEqual(['FTA1A', 'FTA1B']);
    expect(tree.membersOf('DM1').map(({ name }) => name)).toEqual([
      'DM1',
      'FS1A',
      'FTA1A',
      'FTA1B',
      'X-A',
      'X-M',
    ]);
  });

  it('goes up and down', () => {
    expect(tree.root).toBe('MASTERDM');
    expect(tree.parentOf('MASTERDM')).toBeUndefined();
    expect(tree.parentOf('DM11')).toBe('DM1');
    expect(tree.childrenOf('MASTERDM').map(({ name }) => name)).toEqual(['DM1', 'DM2']);
    expect(tree.isBelow('FTA11A', 'MASTERDM')).toBe(true);
    expect(tree.isBelow('FTA11A', 'DM11')).toBe(true);
    expect(tree.isBelow('FTA11A', 'DM2')).toBe(false);
    expect(tree.isBelow('DM1', 'DM11')).toBe(false);
  });

  it('knows the way down to a workstation', () => {
    expect(tree.childTowards('FTA11A', 'MASTERDM')).toBe('DM1');
    expect(tree.childTowards('FTA11A', 'DM1')).toBe('DM11');
    expect(tree.childTowards('FTA11A', 'DM11')).toBeUndefined();
    expect(tree.childTowards('MASTER', 'DM1')).toBeUndefined();
    expect(tree.childTowards('FTA2A', 'DM1')).toBeUndefined();
  });

  it('finds who runs the jobs of an extended agent, also after a switch', () => {
    const after = (domain: string) => (domain === 'DM1' ? 'FS1A' : tree.domain(domain).manager);
    expect(tree.runnerOf('X-A', after)).toBe('FTA1A');
    expect(tree.runnerOf('X-M', after)).toBe('FS1A');
    expect(tree.runnerOf('FTA1B', after)).toBe('FTA1B');
  });

  it('gives a later owner a higher era, and two owners of one number different ones', () => {
    const eras = [
      tree.firstEpoch('DM1'),
      { number: 1, owner: 'DM1' },
      { number: 1, owner: 'FS1A' },
      { number: 2, owner: 'DM1' },
    ].map((epoch) => tree.eraOf('DM1', epoch));
    expect(eras).toEqual([...eras].sort((a, b) => a - b));
    expect(new Set(eras).size).toBe(4);
    // Era 0 is before every version.
    expect(Math.min(...eras)).toBeGreaterThan(0);
  });

  it('says which name it does not know', () => {
    expect(() => tree.workstation('NOBODY')).toThrow('no workstation NOBODY');
    expect(() => tree.parentOf('NOWHERE')).toThrow('no domain NOWHERE');
  });
});
