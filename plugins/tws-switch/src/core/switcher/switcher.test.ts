import type { Epoch } from '@ftctl/plan';
import { describe, expect, it } from 'vitest';
import type { MessageOf, SwitchMessage } from './messages.ts';
import { Switcher } from './switcher.ts';
import type { StoredRow, SwitcherConfig, SwitcherInput, SwitcherStep } from './types.ts';
import { configuredVoters } from './voters.ts';

const config: SwitcherConfig = {
  domain: 'DM',
  me: 'A1',
  core: ['DM1', 'FS1', 'FS2'],
  candidates: ['FS1', 'FS2', 'DM1'],
  firstEpoch: { number: 0, owner: 'DM1' },
  voters: ['DM1', 'FS1', 'A1'],
  automatic: true,
};
const row: StoredRow = {
  incarnation: 's',
  epoch: { number: 3, owner: 'DM1' },
  opened: false,
  forced: false,
  claimed: 0,
  voters: configuredVoters(config.voters),
  learned: true,
  isNew: false,
};

/** A workstation to which messages are given one by one. */
class Bench {
  readonly switcher: Switcher;
  last: SwitcherStep;
  nowMs = 0;

  constructor(change: Partial<SwitcherConfig> = {}, stored: StoredRow = row) {
    this.switcher = new Switcher({ ...config, ...change });
    this.last = this.switcher.start({ nowMs: 0, life: 'l', row: stored, incarnation: 's' });
  }

  give(
    input: SwitcherInput extends infer I
      ? I extends SwitcherInput
        ? Omit<I, 'nowMs'>
        : never
      : never,
  ): SwitcherStep {
    this.last = this.switcher.step(this.last.state, {
      ...input,
      nowMs: this.nowMs,
    } as SwitcherInput);
    return this.last;
  }

  hear(from: string, message: SwitchMessage): readonly SwitchMessage[] {
    return this.give({ kind: 'message', from, message }).thenSend.map((sent) => sent.message);
  }
}

const head = { domain: 'DM', epoch: row.epoch, voters: row.voters, life: 'c', atMs: 1 };

function claimOf(claim: Epoch, change: Partial<MessageOf<'claim'>> = {}): SwitchMessage {
  return { kind: 'claim', ...head, claim, by: 'hand', ...change };
}

function renewOf(owner: Epoch, atMs = 1): SwitchMessage {
  return { kind: 'renew', ...head, epoch: owner, atMs, lease: true, held: true };
}

describe('a voter', () => {
  it('stores its promise with the answer, and gives the same answer again', () => {
    const bench = new Bench({ automatic: false });
    const claim = { number: 4, owner: 'FS1' };
    expect(bench.hear('FS1', claimOf(claim))).toMatchObject([{ kind: 'promise', claim }]);
    expect(bench.last.commit).toMatchObject([{ kind: 'store', row: { promised: claim } }]);
    expect(bench.hear('FS1', claimOf(claim))).toMatchObject([{ kind: 'promise', claim }]);
    expect(bench.last.commit).toEqual([]);
  });

  it('promises only numbers that are higher than all it promised or knows, also after a restart', () => {
    let bench = new Bench({ automatic: false });
    bench.hear('FS1', claimOf({ number: 5, owner: 'FS1' }));
    bench = new Bench({ automatic: false }, bench.last.state.row);
    for (const claim of [
      { number: 5, owner: 'FS2' },
      { number: 4, owner: 'FS2' },
      { number: 3, owner: 'FS2' },
    ]) {
      expect(bench.hear('FS2', claimOf(claim))).toMatchObject([
        { kind: 'refuse', why: 'higher', promised: { number: 5, owner: 'FS1' } },
      ]);
    }
    expect(bench.hear('FS2', claimOf({ number: 6, owner: 'FS2' }))).toMatchObject([
      { kind: 'promise' },
    ]);
  });

  it('takes a claim only from the one who claims', () => {
    const bench = new Bench({ automatic: false });
    expect(bench.hear('FS2', claimOf({ number: 4, owner: 'FS1' }))).toEqual([]);
    expect(bench.last.commit).toEqual([]);
  });

  it('promises nobody else for 1.2 s after a grant, and after its start', () => {
    const bench = new Bench();
    const claim = claimOf({ number: 4, owner: 'FS1' });
    expect(bench.hear('FS1', claim)).toMatchObject([
      { kind: 'refuse', why: 'wait', waitMs: 1_200 },
    ]);
    bench.nowMs = 1_000;
    expect(bench.hear('DM1', renewOf(row.epoch))).toMatchObject([{ kind: 'grant', atMs: 1 }]);
    bench.nowMs = 2_199;
    expect(bench.hear('FS1', claim)).toMatchObject([{ kind: 'refuse', why: 'wait', waitMs: 1 }]);
    bench.nowMs = 2_200;
    expect(bench.hear('FS1', claim)).toMatchObject([{ kind: 'promise' }]);
    expect(bench.hear('DM1', renewOf(row.epoch))).toMatchObject([
      { kind: 'refuse', why: 'promised', promised: { number: 4, owner: 'FS1' } },
    ]);
  });

  it('promises at once what the manager gave back, but not what it asked for since', () => {
    const release = { holder: 'DM1', life: 'c', upToMs: 10 };
    const claim = claimOf({ number: 4, owner: 'FS1' }, { release });
    const bench = new Bench();
    bench.hear('DM1', renewOf(row.epoch, 9));
    expect(bench.hear('FS1', claim)).toMatchObject([{ kind: 'promise' }]);
    const later = new Bench();
    later.hear('DM1', renewOf(row.epoch, 11));
    expect(later.hear('FS1', claim)).toMatchObject([{ kind: 'refuse', why: 'wait' }]);
    expect(later.hear('DM1', { kind: 'release', ...head, release })).toEqual([]);
    expect(later.hear('FS1', claim)).toMatchObject([{ kind: 'refuse', why: 'wait' }]);
    expect(later.hear('FS2', { kind: 'release', ...head, release })).toEqual([]);
  });

  it('grants nothing for a request that came after it was given back', () => {
    const bench = new Bench();
    const release = { holder: 'DM1', life: 'c', upToMs: 10 };
    bench.hear('DM1', { kind: 'release', ...head, release });
    expect(bench.hear('DM1', renewOf(row.epoch, 5))).toMatchObject([{ kind: 'known' }]);
    expect(bench.hear('DM1', renewOf(row.epoch, 15))).toMatchObject([{ kind: 'grant' }]);
  });

  it('refuses a candidate that it or the candidate itself knows to be unfit, unless forced', () => {
    const bench = new Bench({ automatic: false });
    bench.give({ kind: 'fitness', workstation: 'FS1', unfit: 'ftup overwritten' });
    const claim = { number: 4, owner: 'FS1' };
    expect(bench.hear('FS1', claimOf(claim))).toMatchObject([
      { kind: 'refuse', why: 'unfit', reason: 'ftup overwritten' },
    ]);
    const own = claimOf({ number: 4, owner: 'FS2' }, { unfit: 'behind' });
    expect(bench.hear('FS2', own)).toMatchObject([{ kind: 'refuse', reason: 'behind' }]);
    expect(bench.hear('FS1', claimOf(claim, { by: 'force' }))).toMatchObject([{ kind: 'promise' }]);
  });

  it('stores a higher epoch before it answers, and refuses the lower one from then on', () => {
    const bench = new Bench();
    bench.nowMs = 5_000;
    const epoch = { number: 7, owner: 'FS2' };
    expect(bench.hear('FS2', renewOf(epoch))).toMatchObject([{ kind: 'grant', epoch }]);
    expect(bench.last.commit).toMatchObject([{ row: { epoch } }]);
    expect(bench.last.thenRun).toEqual([{ kind: 'adopted', epoch }]);
    expect(bench.hear('DM1', renewOf(row.epoch))).toMatchObject([{ kind: 'known', epoch }]);
  });

  it('does not vote by an older list, and tells the newer one', () => {
    const voters = { version: { era: 1, n: 2 }, names: ['DM1', 'FS2', 'A1'] };
    const bench = new Bench({ automatic: false }, { ...row, voters });
    expect(bench.hear('FS1', claimOf({ number: 4, owner: 'FS1' }))).toMatchObject([
      { kind: 'refuse', why: 'old-list', voters },
    ]);
  });
});

describe('any workstation', () => {
  it('does not believe an epoch whose owner cannot manage the domain', () => {
    const bench = new Bench();
    const epoch = { number: 9, owner: 'A1' };
    const step = bench.give({ kind: 'heard', epoch });
    expect(step.commit).toEqual([]);
    expect(step.thenRun).toMatchObject([{ kind: 'notice', notice: { what: 'foreign-epoch' } }]);
  });

  it('hears nothing of other domains or of strangers', () => {
    const bench = new Bench({ automatic: false });
    const claim = { number: 4, owner: 'FS1' };
    expect(bench.hear('FS1', { ...claimOf(claim), domain: 'OTHER' })).toEqual([]);
    expect(bench.hear('X', { kind: 'ask', ...head })).toEqual([]);
  });
});

describe('a manager', () => {
  const manager = { me: 'DM1' };
  const opened = { ...row, opened: true };

  /** A manager that has just left isolation, and asked for a lease at 300. */
  function leased(): Bench {
    const bench = new Bench(manager, opened);
    bench.nowMs = 200;
    bench.give({ kind: 'tick' });
    for (const from of ['FS1', 'A1']) {
      const { promised: _, ...report } = { ...head, promised: undefined, life: 'l', atMs: 200 };
      const known = { learned: true, fresh: false, waitMs: 0, claiming: false };
      bench.hear(from, { kind: 'report', ...report, ...known });
    }
    bench.nowMs = 300;
    bench.give({ kind: 'tick' });
    return bench;
  }

  it('acts from the grants of a majority on, counted from before it asked', () => {
    const bench = leased();
    bench.nowMs = 700;
    expect(bench.switcher.mayAct(bench.last.state, 700)).toBe(false);
    bench.hear('FS1', { kind: 'grant', ...head, life: 'l', atMs: 300 });
    expect(bench.switcher.actsUntilMs(bench.last.state, 700)).toBe(1_300);
    expect(bench.switcher.mayAct(bench.last.state, 1_299)).toBe(true);
    expect(bench.switcher.mayAct(bench.last.state, 1_300)).toBe(false);
  });

  it('does not count answers to an earlier process, to an earlier epoch, or from the future', () => {
    const bench = leased();
    bench.nowMs = 700;
    bench.hear('FS1', { kind: 'grant', ...head, life: 'before', atMs: 300 });
    bench.hear('FS1', { kind: 'grant', ...head, life: 'l', atMs: 800 });
    const lower = { number: 1, owner: 'DM1' };
    bench.hear('FS1', { kind: 'grant', ...head, epoch: lower, life: 'l', atMs: 300 });
    expect(bench.switcher.mayAct(bench.last.state, 700)).toBe(false);
  });

  it('stops before it answers that it hands over', () => {
    const bench = leased();
    bench.hear('FS1', { kind: 'grant', ...head, life: 'l', atMs: 300 });
    bench.nowMs = 400;
    expect(bench.switcher.mayAct(bench.last.state, 400)).toBe(true);
    const answers = bench.hear('FS2', { kind: 'handover', ...head, by: 'hand' });
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['handed', 'release', 'release']);
    expect(bench.switcher.mayAct(bench.last.state, 400)).toBe(false);
    bench.hear('FS1', { kind: 'grant', ...head, life: 'l', atMs: 300 });
    expect(bench.switcher.mayAct(bench.last.state, 400)).toBe(false);
  });

  it('stops at once when it hears of a higher epoch', () => {
    const bench = leased();
    bench.hear('FS1', { kind: 'grant', ...head, life: 'l', atMs: 300 });
    const by = { number: 4, owner: 'FS1' };
    expect(bench.give({ kind: 'heard', epoch: by }).thenRun).toEqual([{ kind: 'demoted', by }]);
    expect(bench.switcher.mayAct(bench.last.state, 300)).toBe(false);
  });
});

describe('whatWouldHappen', () => {
  it('names who would take over, who is heard, and who is unfit', () => {
    const bench = new Bench({ me: 'FS2' });
    bench.nowMs = 100;
    bench.give({ kind: 'ask' });
    bench.nowMs = 150;
    for (const from of ['FS1', 'A1']) bench.hear(from, { kind: 'known', ...head });
    const forecast = () => bench.switcher.whatWouldHappen(bench.last.state, 400);
    expect(forecast()).toMatchObject({
      automatic: true,
      epoch: row.epoch,
      acts: false,
      majority: true,
      next: 'FS1',
      candidates: [
        { name: 'FS1', heard: true },
        { name: 'FS2', heard: true },
      ],
      voters: [
        { name: 'DM1', heard: false },
        { name: 'FS1', heard: true, silentMs: 250 },
        { name: 'A1', heard: true },
      ],
    });
    bench.give({ kind: 'fitness', workstation: 'FS1', unfit: 'behind' });
    expect(forecast()).toMatchObject({ next: 'FS2' });
    expect(bench.switcher.whatWouldHappen(bench.last.state, 9_000).next).toBeUndefined();
  });
});
