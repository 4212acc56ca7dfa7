import { describe, expect, it } from 'vitest';
import { byHandAlone, domainOf, fiveVoters, Scenario } from './scenario.ts';

describe('isolation', () => {
  it('holds an old manager in a minority through any number of restarts', () => {
    for (const options of [
      fiveVoters,
      { ...fiveVoters, domain: domainOf({ ...fiveVoters.domain, automatic: false }) },
    ]) {
      const scenario = new Scenario(options).play(`
        run 2000
        leave DM1
        run 1500
        switchmgr FS1
        run 3000
        epoch FS2 1 FS1
      `);
      for (let turn = 0; turn < 5; turn += 1) {
        scenario.play(`
          crash DM1
          start DM1
          run 2000
          isolated DM1 starting
          acts FS1
        `);
      }
      scenario.play(`
        join DM1
        run 1500
        isolated DM1 no
        epoch DM1 1 FS1
      `);
    }
  });

  it('ends on the word of the operator', () => {
    new Scenario(byHandAlone).play(`
      run 2000
      crash DM1
      crash FS1
      crash FS2
      start DM1
      run 5000
      isolated DM1 starting
      acts none
      start-mgr DM1
      run 10
      acts DM1
      start-mgr DM1
      run 10
      refused DM1 not-isolated
    `);
  });

  it('does not give a lease to a manager without a majority, whatever the operator says', () => {
    new Scenario().play(`
      run 2000
      crash FS1
      crash FS2
      crash DM1
      start DM1
      start-mgr DM1
      run 3000
      acts none
    `);
  });

  it('with demgr ends only when the switch is heard of', () => {
    new Scenario(byHandAlone).play(`
      run 2000
      crash DM1
      start DM1 demgr
      run 10000
      isolated DM1 demgr
      acts none
      switchmgr FS1
      acts FS1 within 1000
      run 1500
      isolated DM1 no
      epoch DM1 1 FS1
    `);
  });

  it('lasts without leases while the holder of a higher promise cannot be asked', () => {
    const scenario = new Scenario(byHandAlone).play('run 2000\ncrash DM1\nswitchmgr FS1');
    const { network } = scenario;
    network.until(() => network.get('FS2').disk?.promised !== undefined, 2_000);
    scenario.play(`
      crash FS1
      start DM1
      run 5000
      isolated DM1 starting
    `);
    expect(scenario.ran('DM1', 'notice').map(({ notice }) => notice)).toEqual([
      { what: 'open-promise', promised: { number: 1, owner: 'FS1' } },
    ]);
    const scenarioEnds = scenario.play('start FS1\nrun 2000').network.acting();
    expect(scenarioEnds).toHaveLength(1);
  });
});

describe('new and restored stores', () => {
  it.each([
    ['with leases', { fresh: true }],
    ['without leases', { ...byHandAlone, fresh: true }],
  ])('start a new network at once, %s', (_, options) => {
    new Scenario(options).play('acts DM1 within 1500');
  });

  it('start a new network without one of its voters later', () => {
    const scenario = new Scenario({ fresh: true });
    scenario.play(`
      crash FS2
      run 8000
      acts none
      acts DM1 within 5000
    `);
  });

  it('start a new network also when all are started again in between', () => {
    const scenario = new Scenario({ fresh: true });
    for (const { name } of scenario.network.all) scenario.play(`crash ${name}\nstart ${name}`);
    scenario.play('acts DM1 within 2000');
  });

  it('go on when all of them were put back', () => {
    const scenario = new Scenario().play('run 2000\ncrash DM1\nacts FS1 within 1600\nrun 500');
    for (const { name } of scenario.network.all) {
      scenario.play(`wipe ${name}\nstart ${name}`);
    }
    scenario.play('acts DM1 within 16000');
  });

  it('do not vote until a majority told them the epoch', () => {
    new Scenario().play(`
      run 2000
      wipe FS2
      start FS2
      run 500
      crash DM1
      run 15000
      acts none
      start DM1
      run 3000
    `);
    new Scenario(fiveVoters).play(`
      run 2000
      wipe FS2
      start FS2
      run 500
      crash DM1
      acts FS1 within 1600
      run 12000
      crash A1
      crash A2
      run 2500
      acts none
      start A1
      acts FS1 within 2500
    `);
  });
});
