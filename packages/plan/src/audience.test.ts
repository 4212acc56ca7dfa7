import { describe, expect, it } from 'vitest';
import {
  jobOf,
  jobStatus,
  on,
  planOf,
  runnerOf,
  streamOf,
  streamStatus,
  tree,
} from '../test/figure-3.ts';
import { audienceOf, EVERYONE } from './audience.ts';
import type { PlanEvent } from './events.ts';
import type { Plan } from './plan.ts';

const V = { era: 1, n: 1 };

function toldBy(origin: string, event: PlanEvent, plan: Plan = planOf([])): readonly string[] {
  return audienceOf({ plan, tree, runnerOf }, event, origin);
}

const plan = planOf(
  [
    jobOf('FTA1A#NIGHT.1.ONE', { ws: 'FTA1B' }),
    jobOf('FTA1A#NIGHT.1.TWO', { ws: 'X-A', prompts: ['GO'] }),
    jobOf('FTA2A#REPORT.1.PRINT', { follows: [on('FTA1A#NIGHT.1.ONE')] }),
  ],
  [streamOf('X-M#LAST.1', { follows: [on('FTA1A#NIGHT.1')], prompts: ['GO'] })],
);

describe('told', () => {
  it('of a job are its stream and its followers', () => {
    const event: PlanEvent = { k: 'job', id: 'FTA1A#NIGHT.1.ONE', s: jobStatus('SUCC') };
    expect(toldBy('FTA1B', event, plan)).toEqual(['FTA1A', 'FTA2A']);
  });

  it('of a stream are those that run its jobs and its followers, extended agents by their hosts', () => {
    const event: PlanEvent = { k: 'stream', id: 'FTA1A#NIGHT.1', s: streamStatus('SUCC') };
    expect(toldBy('FTA1A', event, plan)).toEqual(['DM1', 'FTA1B']);
  });

  it('of a prompt are those that wait for it', () => {
    const event: PlanEvent = { k: 'prompt', id: 'GO', s: { v: V, state: 'yes' } };
    expect(toldBy('MASTER', event, plan)).toEqual(['DM1', 'FTA1A']);
  });

  it('of a grant is who runs the job', () => {
    const event: PlanEvent = { k: 'grant', id: 'FTA1A#NIGHT.1.ONE', s: { v: V, attempt: 1 } };
    expect(toldBy('FTA1A', event, plan)).toEqual(['FTA1B']);
  });

  it('of new objects are their owners, the streams they go into, and what they follow', () => {
    const job = jobOf('FTA1A#NIGHT.1.NEW', { ws: 'FTAA', follows: [on('FTA2A#REPORT.1.PRINT')] });
    const event: PlanEvent = { k: 'add', streams: [], jobs: [job], prompts: [] };
    expect(toldBy('MASTER', event, plan)).toEqual(['FTA1A', 'FTA2A', 'FTAA']);
  });

  it('of objects that are told again are those that wait for them, too', () => {
    const jobs = [jobOf('FTA1A#NIGHT.1.ONE', { ws: 'FTA1B' })];
    const event: PlanEvent = { k: 'add', streams: [], jobs, prompts: [] };
    expect(toldBy('MASTER', event, plan)).toEqual(['FTA1A', 'FTA1B', 'FTA2A']);
    const streams = [streamOf('FTA1A#NIGHT.1')];
    expect(toldBy('MASTER', { k: 'add', streams, jobs: [], prompts: [] }, plan)).toEqual([
      'DM1',
      'FTA1A',
      'FTA1B',
    ]);
  });

  it('of a request is who is asked, of an answer who asked', () => {
    const of = { ws: 'FTA2A', inc: 1, nonce: '00000000', id: 1 };
    const command = { c: 'stop', ws: 'X-A' } as const;
    expect(toldBy('FTA2A', { k: 'command', owner: 'FTA1A', command })).toEqual(['FTA1A']);
    expect(toldBy('FTA1A', { k: 'answer', of, outcome: { ok: true } })).toEqual(['FTA2A']);
    expect(toldBy('FTA1A', { k: 'command', owner: 'FTA1A', command })).toEqual([]);
  });

  it('of what a core member shows are its agents and the cores below; of an agent none', () => {
    const cpu = { v: V, limit: 1, fence: 0, run: 1, init: true, jobman: true, features: [] };
    expect(toldBy('FS1A', { k: 'cpu', ws: 'FS1A', s: cpu })).toEqual(['DM11', 'FTA1A', 'FTA1B']);
    expect(toldBy('FTA1A', { k: 'cpu', ws: 'FTA1A', s: cpu })).toEqual([]);
    expect(toldBy('DM1', { k: 'links', ws: 'DM1', s: { v: V, in: [], out: [] } })).toEqual([]);
    expect(toldBy('DM1', { k: 'dropped', by: 'DM1', s: { v: V, agents: [] } })).toEqual([]);
  });

  it('of a link is the workstation, or the host of an extended agent', () => {
    const linked = (ws: string): PlanEvent => ({ k: 'linked', ws, s: { v: V, linked: false } });
    expect(toldBy('DM1', linked('FTA1B'))).toEqual(['FTA1B']);
    expect(toldBy('DM1', linked('X-A'))).toEqual(['FTA1A']);
    expect(toldBy('DM1', linked('X-M'))).toEqual([]);
  });

  it('of a new manager are its members and the cores below', () => {
    const event: PlanEvent = { k: 'epoch', domain: 'DM1', epoch: { number: 1, owner: 'FS1A' } };
    expect(toldBy('FS1A', event)).toEqual(['DM1', 'DM11', 'FTA1A', 'FTA1B']);
  });

  it('of voters are the voters, of a plan all', () => {
    const voters = { v: V, voters: ['DM1', 'FTA1B', 'FTAA'] };
    expect(toldBy('DM1', { k: 'voters', domain: 'DM1', s: voters })).toEqual(['FTA1B', 'FTAA']);
    expect(toldBy('MASTER', { k: 'plan', plan: { epoch: 0, run: 1 } })).toEqual([EVERYONE]);
  });

  it('of an object that is not in the plan are none', () => {
    expect(toldBy('FTA1A', { k: 'job', id: 'A#B.1.C', s: jobStatus('SUCC') })).toEqual([]);
    expect(toldBy('FTA1A', { k: 'grant', id: 'A#B.1.C', s: { v: V, attempt: 1 } })).toEqual([]);
  });
});
