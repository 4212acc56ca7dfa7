import { describe, expect, it } from 'vitest';
import { domainOf, fiveVoters, Scenario, twoMembers } from './scenario.ts';

describe('a domain that switches by itself', () => {
  it('replaces a dead manager, by the first fit candidate', () => {
    new Scenario().play(`
      run 2000
      acts DM1
      crash DM1
      acts FS1 within 1600
      run 200
      epoch A1 0 DM1
      epoch FS2 1 FS1
    `);
    new Scenario().play(`
      run 2000
      unfit FS1 ftup overwritten
      crash DM1
      acts FS2 within 1600
    `);
  });

  it('lets an old manager come back as an ordinary member, and not switch back', () => {
    new Scenario().play(`
      run 2000
      crash DM1
      acts FS1 within 1600
      start DM1
      run 500
      epoch DM1 1 FS1
      isolated DM1 no
      run 20000
      acts FS1
      epoch FS2 1 FS1
    `);
  });

  it('keeps a manager that restarts before its grants have run out', () => {
    new Scenario().play(`
      run 2000
      crash DM1
      run 300
      start DM1
      acts DM1 within 600
      epoch FS1 0 DM1
    `);
  });

  it('stops a manager that is cut off before another one acts', () => {
    new Scenario(fiveVoters).play(`
      run 2000
      leave DM1
      acts none within 1100
      acts FS1 within 700
      run 5000
      join DM1
      run 500
      acts FS1
      epoch DM1 1 FS1
    `);
  });

  it('stops a manager that hears nobody, and one that nobody hears', () => {
    new Scenario().play(`
      run 2000
      cut FS1>DM1
      cut FS2>DM1
      acts FS1 within 2400
      run 3000
      acts FS1
    `);
    new Scenario().play(`
      run 2000
      cut DM1>FS1
      cut DM1>FS2
      acts FS1 within 1900
      run 3000
      acts FS1
    `);
  });

  it('is not disturbed by a candidate that does not hear the manager', () => {
    new Scenario().play(`
      run 2000
      cut DM1 FS1
      run 10000
      acts DM1
      epoch FS2 0 DM1
    `);
  });

  it('ends a pause of the manager with one manager', () => {
    new Scenario().play(`
      run 2000
      pause DM1
      acts FS1 within 1600
      run 3000
      resume DM1
      run 500
      acts FS1
      epoch DM1 1 FS1
    `);
  });

  it('switches a domain of two members by a voter of the parent domain', () => {
    new Scenario(twoMembers).play(`
      run 2000
      crash DM1
      acts FS1 within 1600
      start DM1
      run 1000
      crash FS1
      acts DM1 within 1600
      epoch UP1 2 DM1
    `);
  });

  it('stays without a manager when there is no majority, and goes on when there is one', () => {
    new Scenario().play(`
      run 2000
      crash DM1
      crash FS2
      run 10000
      acts none
      start FS2
      acts FS1 within 3500
    `);
  });

  it('lets a manager wait that was replaced while it ran, for a bounded time', () => {
    const scenario = new Scenario(twoMembers).play(`
      run 2000
      leave DM1
      acts FS1 within 1600
      join DM1
      run 1000
      crash FS1
      run 3000
      acts none
      acts DM1 within 1600
    `);
    expect(scenario.network.watcher.claims).toHaveLength(2);
  });

  it('does not let hysteresis delay another than the one that was replaced', () => {
    new Scenario(fiveVoters).play(`
      run 2000
      leave DM1
      acts FS1 within 1800
      run 1000
      crash FS1
      acts FS2 within 1600
    `);
  });

  it('acts on with an epoch whose winner died before it opened', () => {
    const scenario = new Scenario(fiveVoters);
    const { network } = scenario;
    scenario.play('run 2000\ncrash DM1');
    const before = network.onRun;
    network.onRun = (name, run) => {
      before(name, run);
      if (run.kind === 'claimed' && name === 'FS1')
        network.at(network.nowMs, () => network.get('FS1').crash());
    };
    scenario.play(`
      run 1700
      acts none
      epoch A1 1 FS1
      acts FS2 within 1600
    `);
  });

  it('is refused with fewer than three voters', () => {
    const scenario = new Scenario({ domain: domainOf({ voters: ['DM1', 'FS1'] }) }).play(`
      run 2000
      acts DM1
      crash FS1
      start FS1
      crash DM1
      run 5000
      acts none
      epoch FS1 0 DM1
    `);
    expect(scenario.ran('FS1', 'notice')).toEqual([
      { kind: 'notice', notice: { what: 'too-few-voters', voters: ['DM1', 'FS1'] } },
    ]);
    const { state, switcher, clockMs } = scenario.network.get('FS1');
    if (state === undefined) throw new Error('FS1 does not run');
    expect(switcher.whatWouldHappen(state, clockMs)).toMatchObject({
      automatic: false,
      notAutomatic: 'too-few-voters',
    });
  });
});
