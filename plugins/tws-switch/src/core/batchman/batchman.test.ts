import { type Definitions, type JobId, makeSymphony, Plan, Tree } from '@ftctl/plan';
import { parseDefinitions, parseTopology } from '@ftctl/plan/files';
import { beforeEach, describe, expect, it } from 'vitest';
import { Batchman, type BatchmanStep } from './batchman.ts';
import { execute } from './commands.ts';
import { takeEarlierAttempts } from './earlier-attempts.ts';

const topology = parseTopology(
  `domains: { R: {} }
workstations:
  M: { type: master, domain: R, limit: 2 }
  F: { type: fta, domain: R, fullstatus: true }
  X: { type: x-agent, domain: R, host: M }
  XM: { type: x-agent, domain: R, host: $MANAGER }
`,
  'net.yaml',
);
const NOW = 1_000_000;

class Site {
  readonly plan = new Plan();
  readonly batchman: Batchman;
  readonly launched: string[] = [];
  now = NOW;
  manager = 'M';

  constructor(text: string) {
    const definitions: Definitions = parseDefinitions(text, 'plan.yaml', topology);
    const tree = new Tree(topology);
    const made = makeSymphony({ definitions, run: 1, nowMs: NOW, utcOffsetMinutes: 0 });
    this.plan.header = { plan: { epoch: 0, run: 1 }, madeAtMs: NOW, switchFaultTolerance: true };
    this.plan.apply({ k: 'add', ...made }, { ws: 'M', inc: 1, nonce: '00000000', id: 1 });
    this.batchman = new Batchman(
      this.plan,
      {
        tree,
        self: 'M',
        managerOf: () => this.manager,
        acting: () => this.manager === 'M',
        ownEra: () => 1,
        roleEra: () => 1,
        runs: () => true,
      },
      () => true,
    );
    this.step();
  }

  step(): BatchmanStep {
    const step = this.batchman.step(this.now);
    this.launched.push(...step.launches.map(({ job, attempt }) => `${short(job)}@${attempt}`));
    return step;
  }

  end(name: string, rc = 0): void {
    const id = this.id(name);
    const attempt = this.plan.job(id).s?.attempt ?? 0;
    this.batchman.outcome({ kind: 'ended', job: id, attempt, rc, startMs: NOW, endMs: NOW + 1 });
    this.step();
  }

  state(name: string): string {
    return this.plan.job(this.id(name)).s?.state ?? 'HOLD';
  }

  stream(name: string): string {
    return this.plan.stream(`M#${name}.1`).s?.state ?? 'HOLD';
  }

  id(name: string): JobId {
    const [stream, job] = name.split('.', 2);
    const ws = { XS: 'X', XMS: 'XM' }[stream ?? ''] ?? 'M';
    return `${ws}#${stream}.1.${job}`;
  }
}

function short(id: JobId): string {
  return id.replace(/^[^#]+#/, '').replace('.1.', '.');
}

const CHAIN = `streams:
  M#S:
    jobs:
      A: "true"
      B: { command: "true", follows: A }
      C: { command: "true", follows: B, recovery: continue }
      D: { command: "true", follows: C }
`;

describe('batchman', () => {
  let site: Site;
  beforeEach(() => {
    site = new Site(CHAIN);
  });

  it('launches what nothing stands in the way of, one after another', () => {
    expect(site.launched).toEqual(['S.A@1']);
    site.step();
    expect(site.stream('S')).toBe('EXEC');
    for (const name of ['S.A', 'S.B', 'S.C', 'S.D']) site.end(name);
    expect(site.launched).toEqual(['S.A@1', 'S.B@1', 'S.C@1', 'S.D@1']);
    expect(site.stream('S')).toBe('SUCC');
  });

  it('lets a stream be stuck behind an abend, and go on when it is confirmed or run again', () => {
    site.end('S.A', 1);
    expect([site.state('S.A'), site.stream('S')]).toEqual(['ABEND', 'STUCK']);
    execute(site.batchman, { c: 'rerun', job: site.id('S.A') });
    site.step();
    expect(site.launched).toEqual(['S.A@1', 'S.A@2']);
    site.end('S.A', 1);
    execute(site.batchman, { c: 'confirm', job: site.id('S.A'), as: 'succ' });
    site.step();
    expect(site.launched.at(-1)).toBe('S.B@1');
  });

  it('goes on behind an abend that says continue', () => {
    for (const [name, rc] of [
      ['S.A', 0],
      ['S.B', 0],
      ['S.C', 7],
    ] as const)
      site.end(name, rc);
    expect(site.launched.at(-1)).toBe('S.D@1');
    site.end('S.D');
    expect(site.stream('S')).toBe('SUCC');
  });

  it('uses the next number for an attempt that is void, and takes nothing of an old one', () => {
    const job = site.id('S.A');
    site.batchman.outcome({ kind: 'void', job, attempt: 1 });
    site.step();
    expect(site.launched).toEqual(['S.A@1', 'S.A@2']);
    site.batchman.outcome({ kind: 'ended', job, attempt: 1, rc: 0, startMs: 0, endMs: 1 });
    site.step();
    expect(site.state('S.A')).toBe('INTRO');
  });

  it('leaves what nobody knows the end of as DONE', () => {
    site.batchman.outcome({ kind: 'unknown', job: site.id('S.A'), attempt: 1, why: 'gone' });
    site.step();
    expect([site.state('S.A'), site.stream('S')]).toEqual(['DONE', 'STUCK']);
    expect(site.launched).toEqual(['S.A@1']);
  });

  it('cancels, and what follows runs', () => {
    execute(site.batchman, { c: 'cancel', target: { kind: 'job', id: site.id('S.B') } });
    site.end('S.A');
    expect([site.state('S.B'), site.launched.at(-1)]).toEqual(['CANCL', 'S.C@1']);
    const running = execute(site.batchman, {
      c: 'cancel',
      target: { kind: 'job', id: site.id('S.C') },
    });
    expect(running).toMatchObject({ ok: false, code: 'FT_TWS_JOB_RUNS' });
  });

  it('asks for a kill only of what runs', () => {
    execute(site.batchman, { c: 'kill', job: site.id('S.A') });
    expect(site.step().kills).toEqual([{ job: site.id('S.A'), attempt: 1 }]);
    expect(execute(site.batchman, { c: 'kill', job: site.id('S.D') })).toMatchObject({ ok: false });
  });
});

describe('batchman keeps', () => {
  it('the limit of its workstation, and lets hi pass it', () => {
    const jobs = ['A', 'B', 'C'].map((name) => `      ${name}: "true"`).join('\n');
    const site = new Site(
      `streams:\n  M#S:\n    jobs:\n${jobs}\n      H: { command: "true", priority: hi }\n`,
    );
    expect(site.launched).toHaveLength(2);
    expect(site.launched[0]).toBe('S.H@1');
    execute(site.batchman, { c: 'limit', ws: 'M', limit: 4 });
    site.step();
    expect(site.launched).toHaveLength(4);
  });

  it('the fence', () => {
    const site = new Site(
      'streams:\n  M#S:\n    jobs: { A: { command: "true", at: +10, priority: 20 } }\n',
    );
    execute(site.batchman, { c: 'fence', ws: 'M', fence: 20 });
    site.now = NOW + 10_000;
    site.step();
    expect([site.state('S.A'), site.launched]).toEqual(['FENCE', []]);
    execute(site.batchman, { c: 'fence', ws: 'M', fence: 19 });
    site.step();
    expect(site.launched).toEqual(['S.A@1']);
  });

  it('times, and says when to look again', () => {
    const site = new Site('streams:\n  M#S:\n    jobs: { A: { command: "true", at: +10 } }\n');
    expect([site.state('S.A'), site.step().wakeAtMs]).toEqual(['SCHED', NOW + 10_000]);
    site.now = NOW + 10_000;
    site.step();
    expect(site.launched).toEqual(['S.A@1']);
  });

  it('prompts closed until they are answered yes', () => {
    const site = new Site(
      'streams:\n  M#S:\n    jobs: { A: { command: "true", prompt: go on? } }\n',
    );
    expect(site.launched).toEqual([]);
    execute(site.batchman, { c: 'reply', prompt: 'M#S.1.A.PROMPT1', yes: true });
    site.step();
    expect(site.launched).toEqual(['S.A@1']);
  });

  it('the limit of a stream by grants', () => {
    const site = new Site(
      'streams:\n  M#S:\n    limit: 1\n    jobs: { A: "true", B: "true", C: "true" }\n',
    );
    site.step();
    expect(site.launched).toEqual(['S.A@1']);
    site.end('S.A');
    site.step();
    expect(site.launched).toEqual(['S.A@1', 'S.B@1']);
  });

  it('a rerun within its limit, then the abend', () => {
    const site = new Site(
      'streams:\n  M#S:\n    jobs: { A: { command: "false", recovery: rerun, rerunLimit: 2 } }\n',
    );
    for (let n = 0; n < 3; n += 1) site.end('S.A', 1);
    expect([site.launched, site.state('S.A')]).toEqual([['S.A@1', 'S.A@2', 'S.A@3'], 'ABEND']);
  });

  it('what must be confirmed as PEND, and a confirmation that came early', () => {
    const site = new Site(
      'streams:\n  M#S:\n    jobs: { A: { command: "true", confirmed: on }, B: "true" }\n',
    );
    site.end('S.A');
    expect(site.state('S.A')).toBe('PEND');
    const { attempt } = site.plan.job(site.id('S.B')).s ?? { attempt: 0 };
    site.batchman.outcome({ kind: 'running', job: site.id('S.B'), attempt, startMs: NOW });
    execute(site.batchman, { c: 'confirm', job: site.id('S.B'), as: 'abend' });
    expect(site.state('S.B')).toBe('ABENP');
    site.end('S.B', 0);
    expect(site.state('S.B')).toBe('ABEND');
  });

  it('the jobs of an extended agent that it hosts', () => {
    const site = new Site('streams:\n  X#XS:\n    jobs: { A: "true" }\n');
    expect([site.launched, site.state('XS.A')]).toEqual([['XS.A@1'], 'WAIT']);
  });

  it('no place for jobs of an extended agent that another manager hosts now, and launches none of them', () => {
    const site = new Site(
      `streams:
  XM#XMS:
    jobs: { A: "true", B: "true", C: "true" }
  M#S:
    jobs: { D: { command: "true", at: "+1" } }
`,
    );
    expect(site.launched).toEqual(['XMS.A@1', 'XMS.B@1']);
    site.manager = 'F';
    for (const [name, state] of [
      ['XMS.A', 'DONE'],
      ['XMS.B', 'DONE'],
    ] as const) {
      const id = site.id(name);
      const s = { state, attempt: 1, priority: 10, v: { era: 9, n: 1 } };
      site.batchman.changed(
        site.plan.apply({ k: 'job', id, s }, { ws: 'F', inc: 1, nonce: '00000000', id: 1 }),
      );
    }
    site.now += 2_000;
    site.step();
    expect(site.launched).toEqual(['XMS.A@1', 'XMS.B@1', 'S.D@1']);
    expect(site.state('XMS.C')).toBe('READY');
  });

  it('takes an attempt of before that is told late, and does not use its number once more', () => {
    const site = new Site(CHAIN);
    const earlier = (attempt: number, state: 'SUCC' | 'EXEC') => {
      return { v: { era: 0, n: 9 }, state, attempt, priority: 10 } as const;
    };
    const tell = (name: string, s: ReturnType<typeof earlier>) => {
      const isTaken = takeEarlierAttempts(site.batchman, [{ id: site.id(name), s }]);
      site.step();
      return isTaken;
    };
    // A has been launched by this incarnation: the number is used already.
    expect(tell('S.A', earlier(1, 'SUCC'))).toBe(false);
    site.batchman.setJob(site.plan.job(site.id('S.B')), {
      state: 'HOLD',
      attempt: 0,
      priority: 10,
    });
    expect(tell('S.B', earlier(1, 'SUCC'))).toBe(true);
    expect(site.state('S.B')).toBe('SUCC');
    site.end('S.A');
    expect(site.launched).toEqual(['S.A@1', 'S.C@1']);
  });

  it('decides 2,000 jobs in layers of 100', () => {
    const jobs = Array.from({ length: 2_000 }, (_, n) => {
      const follows = n < 100 ? '' : `, follows: J${n - 100}`;
      return `      J${n}: { command: "true"${follows} }`;
    });
    const site = new Site(`streams:\n  M#S:\n    jobs:\n${jobs.join('\n')}\n`);
    execute(site.batchman, { c: 'limit', ws: 'M', limit: 1_000 });
    site.step();
    for (let at = 0; at < site.launched.length; at += 1) {
      const name = site.launched[at]?.replace(/@1$/, '') ?? '';
      const job = site.id(name);
      site.batchman.outcome({ kind: 'ended', job, attempt: 1, rc: 0, startMs: NOW, endMs: NOW });
      if (at % 50 === 49) site.step();
    }
    site.step();
    expect(site.launched).toHaveLength(2_000);
    expect(site.stream('S')).toBe('SUCC');
  });
});
