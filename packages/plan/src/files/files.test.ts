import { describe, expect, it } from 'vitest';
import { parseDefinitions, parseTopology, renderDefinitions } from './index.ts';

const TOPOLOGY = `
domains:
  MASTERDM: {}
  DM1: { parent: MASTERDM, automaticSwitch: on }
workstations:
  MASTER: { type: master, domain: MASTERDM }
  FSA: { domain: MASTERDM, fullstatus: on }
  DM1: { type: manager, domain: DM1 }
  FS1A: { domain: DM1, fullstatus: on }
  fta1a: { domain: DM1, limit: 3 }
  X-A: { type: x-agent, domain: DM1, host: DM1 }
`;

describe('a topology file', () => {
  it('is read with its defaults', () => {
    const topology = parseTopology(TOPOLOGY, 'net.yaml');
    expect(topology.root).toBe('MASTERDM');
    expect(topology.domains.get('DM1')).toEqual({
      name: 'DM1',
      parent: 'MASTERDM',
      manager: 'DM1',
      automaticSwitch: true,
    });
    expect(topology.workstations.get('FTA1A')).toMatchObject({ node: 'fta1a', limit: 3, fence: 0 });
    expect(topology.workstations.get('DM1')?.fullStatus).toBe(true);
  });

  it('has the same hash whatever the comments and the order of keys', () => {
    const other = `# a comment\n${TOPOLOGY.replace('{ type: master, domain: MASTERDM }', '{ domain: MASTERDM, type: master }')}`;
    expect(parseTopology(other, 'b').hash).toBe(parseTopology(TOPOLOGY, 'a').hash);
    const changed = TOPOLOGY.replace('limit: 3', 'limit: 4');
    expect(parseTopology(changed, 'c').hash).not.toBe(parseTopology(TOPOLOGY, 'a').hash);
  });

  it('is refused with all problems, each with its line', () => {
    const bad = `domains:
  MASTERDM: {}
  DM1: { parent: MASTERD, voters: [MASTER, FTA] }
workstations:
  MASTER: { type: master, domain: MASTERDM }
  FTA1: { domian: DM1 }
  X: { type: x-agent, domain: DM1 }
  FTA2: { domain: DM1, node: master }
`;
    const problems = refusal(() => parseTopology(bad, 'bad.yaml'));
    expect(problems).toContain(
      'line 6: workstation FTA1 has no key "domian": did you mean domain?',
    );
    const second = bad.replace('domian', 'domain');
    const more = refusal(() => parseTopology(second, 'bad.yaml'));
    expect(more).toContain('line 3: there is no domain MASTERD: did you mean MASTERDM?');
    expect(more).toContain('line 3: domain DM1 has 2 voters: 3 or 5 are needed');
    expect(more).toContain('line 3: domain DM1 has no manager');
    expect(more).toContain('line 7: x-agent X needs a host');
    expect(more).toContain('line 8: workstation FTA2 has the node master of MASTER');
  });

  it('is refused when domains make a circle', () => {
    const circle = `domains:
  R: {}
  A: { parent: B }
  B: { parent: A }
workstations:
  M: { type: master, domain: R }
`;
    expect(refusal(() => parseTopology(circle, 'c'))).toContain('line 3: domain A is below itself');
  });
});

const PLAN = `
streams:
  FTA1A#NIGHT:
    at: "22:30"
    limit: 2
    jobs:
      EXTRACT: ./extract.sh
      LOAD: { command: ./load.sh, follows: EXTRACT, recovery: rerun, on: DM1 }
      CHECK: { command: ./check.sh, follows: [LOAD], prompt: All good?, confirmed: on }
  DM1#REPORT:
    follows: FTA1A#NIGHT.@
    priority: hi
    jobs:
      - { name: PRINT, command: lp report, follows: FTA1A#NIGHT.CHECK, at: +60 }
`;

describe('a plan file', () => {
  const topology = parseTopology(TOPOLOGY, 'net.yaml');

  it('is read, and written so that it says the same', () => {
    const definitions = parseDefinitions(PLAN, 'plan.yaml', topology);
    const [night, report] = definitions.streams;
    expect(night?.jobs[1]).toEqual({
      name: 'LOAD',
      ws: 'DM1',
      command: './load.sh',
      follows: [{ ws: 'FTA1A', stream: 'NIGHT', job: 'EXTRACT' }],
      priority: 10,
      prompts: [],
      recovery: 'rerun',
      rerunLimit: 3,
    });
    expect(report?.follows).toEqual([{ ws: 'FTA1A', stream: 'NIGHT' }]);
    expect(night?.at).toEqual({ kind: 'day', seconds: 81_000 });
    const again = parseDefinitions(renderDefinitions(definitions), 'again.yaml', topology);
    expect(again).toEqual(definitions);
  });

  it('is refused for circles over jobs and streams', () => {
    const circle = `streams:
  DM1#A: { follows: DM1#B.@, jobs: { X: "true" } }
  DM1#B:
    jobs:
      Y: { command: "true", follows: DM1#A.X }
`;
    expect(refusal(() => parseDefinitions(circle, 'p', topology))).toMatch(
      /wait for each other: .*DM1#A.* -> .*DM1#B/,
    );
  });

  it('names the line of a predecessor that is not there', () => {
    const bad = PLAN.replace('follows: EXTRACT', 'follows: EXTRAKT');
    expect(refusal(() => parseDefinitions(bad, 'p', topology))).toContain(
      'line 8: FTA1A#NIGHT.LOAD follows FTA1A#NIGHT.EXTRAKT, which is not in this file',
    );
  });
});

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('not refused');
}
