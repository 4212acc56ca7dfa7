import { describe, expect, it } from 'vitest';
import { byHandAlone, Scenario } from './scenario.ts';

describe('the list of voters', () => {
  it('changes by one at a time and counts once a majority of both lists has stored it', () => {
    const scenario = new Scenario().play(`
      run 2000
      voters DM1 add A1
      run 1000
    `);
    const listOf = (name: string) => scenario.network.get(name).disk?.voters;
    expect(listOf('A1')).toEqual({ version: { era: 0, n: 2 }, names: ['DM1', 'FS1', 'FS2', 'A1'] });
    expect(listOf('FS1')).toEqual(listOf('A1'));
    scenario.play(`
      voters DM1 remove FS2
      run 1000
      crash DM1
      acts FS1 within 1600
      run 1000
      acts FS1
    `);
    expect(listOf('FS1')?.names).toEqual(['DM1', 'FS1', 'A1']);
  });

  it('is not effective while a majority is missing, and no second change begins', () => {
    const scenario = new Scenario(byHandAlone).play(`
      run 2000
      cut DM1 FS1
      cut DM1 FS2
      voters DM1 add A1
      run 2000
      voters DM1 add A1
      run 10
      refused DM1 voters
    `);
    expect(scenario.network.get('DM1').disk?.voters.previous).toEqual(['DM1', 'FS1', 'FS2']);
    scenario.play('mend DM1 FS1\nrun 2500');
    expect(scenario.network.get('DM1').disk?.voters.previous).toBeUndefined();
  });

  it('is changed by the acting manager alone, and not below three', () => {
    new Scenario().play(`
      run 2000
      voters FS1 add A1
      run 10
      refused FS1 not-manager
      voters DM1 remove FS2
      run 10
      refused DM1 voters
    `);
  });
});
