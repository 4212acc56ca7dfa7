import { describe, expect, it } from 'vitest';
import { byHandAlone, Scenario } from './scenario.ts';

describe('switchmgr', () => {
  it.each([
    ['with leases', {}],
    ['without leases', byHandAlone],
  ])('takes over from a living manager in well under a second, %s', (_, options) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      new Scenario(options, seed).play(`
        run 2000
        switchmgr FS2
        acts FS2 within 400
        run 1500
        epoch DM1 1 FS2
        epoch FS1 1 FS2
        isolated DM1 no
        acts FS2
      `);
    }
  });

  it('replaces a dead manager without leases in under a second', () => {
    new Scenario(byHandAlone).play(`
      run 2000
      crash DM1
      switchmgr FS1
      acts FS1 within 1000
      start DM1
      run 2000
      epoch DM1 1 FS1
    `);
  });

  it('is refused for who cannot manage, is unfit, or manages already', () => {
    const scenario = new Scenario(byHandAlone).play(`
      run 2000
      switchmgr A1
      run 10
      refused A1 not-core
      switchmgr DM1
      run 10
      refused DM1 already-manager
      unfit FS1 ftup overwritten
      switchmgr FS1
      run 10
      refused FS1 unfit
      acts DM1
    `);
    expect(scenario.ran('FS1', 'refused').at(-1)?.detail).toBe('ftup overwritten');
  });

  it('is refused when a majority of the voters knows the target as unfit', () => {
    const scenario = new Scenario(byHandAlone).play('run 2000');
    for (const name of ['DM1', 'FS2']) {
      scenario.network.get(name).give({ kind: 'fitness', workstation: 'FS1', unfit: 'behind' });
    }
    scenario.play(`
      switchmgr FS1
      run 3000
      refused FS1 unfit
      acts DM1
      isolated DM1 no
    `);
  });

  it('without a majority is refused and names who did not answer; with force it names them and acts', () => {
    const scenario = new Scenario().play(`
      run 2000
      crash DM1
      crash FS2
      switchmgr FS1
      run 9000
      refused FS1 no-majority
      acts none
    `);
    expect(scenario.ran('FS1', 'refused').at(-1)?.detail).toBe('DM1 (no answer), FS2 (no answer)');
    scenario.play(`
      switchmgr FS1 force
      acts FS1 within 3500
      run 10000
      acts FS1
    `);
    const [claimed] = scenario.ran('FS1', 'claimed');
    expect(claimed).toMatchObject({ by: 'force', notAsked: ['DM1', 'FS2'] });
    scenario.play(`
      start DM1
      start FS2
      run 1000
      epoch DM1 ${claimed?.epoch.number} FS1
      acts FS1
    `);
  });

  it('at two places at once ends with one manager', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      for (const options of [{}, byHandAlone]) {
        const scenario = new Scenario(options, seed).play(`
          run 2000
          switchmgr FS1
          switchmgr FS2
          run 6000
        `);
        expect(scenario.network.acting()).toHaveLength(1);
        const epochs = scenario.network.all.slice(0, 3).map(({ state }) => state?.row.epoch);
        expect(new Set(epochs.map((epoch) => JSON.stringify(epoch))).size).toBe(1);
      }
    }
  });

  it('lets the old manager go on when the claimant dies after it handed over', () => {
    const scenario = new Scenario(byHandAlone).play('run 2000\nswitchmgr FS1');
    const { network } = scenario;
    network.until(() => network.get('DM1').state?.isolation !== undefined, 1_000);
    scenario.play(`
      crash FS1
      run 1000
      acts none
      start FS1
      acts DM1 within 3000
      isolated DM1 no
    `);
  });
});
