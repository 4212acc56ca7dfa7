import { Plan, Tree } from '@ftctl/plan';
import { parseTopology } from '@ftctl/plan/files';
import { describe, expect, it } from 'vitest';
import { ENHANCED_TABLE, FIGURE_3_HOSTS, TRADITIONAL_TABLE } from '../../../test/figure-3-table.ts';
import { connectionsFrom } from '../connections.ts';
import { linkPart, type Viewpoint } from './link-part.ts';

const tree = new Tree(
  parseTopology(
    `domains:
  MASTERDM: {}
  DM1: { parent: MASTERDM }
workstations:
  MASTER: { type: master, domain: MASTERDM }
  FSA: { domain: MASTERDM, fullstatus: on }
  FTAA: { domain: MASTERDM }
  DM1: { type: manager, domain: DM1 }
  FS1A: { domain: DM1, fullstatus: on }
  FTA1A: { domain: DM1 }
  X-A: { type: x-agent, domain: DM1, host: DM1 }
`,
    'figure-3.yaml',
  ),
);
const managerOf = (domain: string) => tree.domain(domain).manager;
/** Everything open but what is named; a plain agent's copy knows its own links and its manager's row alone. */
function viewFrom(
  self: string,
  enhanced: boolean,
  closed: readonly (readonly [string, string])[] = [],
): Viewpoint {
  const all = [...tree.topology.workstations.keys()]
    .flatMap((name) => [...connectionsFrom(tree, name, managerOf, enhanced)])
    .filter(({ from, to }) => !closed.some(([a, b]) => a === from && b === to));
  const ends = (name: string) => ({
    out: all.flatMap(({ from, to }) => (from === name ? [to] : [])).sort(),
    in: all.flatMap(({ from, to }) => (to === name ? [from] : [])).sort(),
  });
  const plan = new Plan();
  const { domain, fullStatus } = tree.workstation(self);
  for (const name of FIGURE_3_HOSTS) {
    const isTold = name === self || (fullStatus && tree.isBelow(name, domain));
    if (!isTold) continue;
    const s = { v: { era: 1, n: 1 }, ...ends(name) };
    plan.apply({ k: 'links', ws: name, s }, { ws: name, inc: 1, nonce: '00000000', id: 1 });
  }
  return { tree, plan, self, managerOf, enhanced, ...ends(self) };
}

function shown(view: Viewpoint, peer: string): string {
  const { link, how, writer } = linkPart(view, peer);
  if (!writer) return `${link}${how}`;
  return `${link}${how} W`;
}

describe('the link part of showcpus in the network of Figure 3', () => {
  it.each([
    ['traditional', TRADITIONAL_TABLE],
    ['enhanced', ENHANCED_TABLE],
  ] as const)('%s: is what the original shows on each of six hosts', (mode, table) => {
    const seen = Object.keys(table).map((peer) => [
      peer,
      FIGURE_3_HOSTS.map((self) => shown(viewFrom(self, mode === 'enhanced'), peer)),
    ]);
    expect(Object.fromEntries(seen)).toEqual(table);
  });

  it('shows L where a secondary connection is lost, and which by the missing W', () => {
    const lost = [['FTA1A', 'FS1A']] as const;
    expect(shown(viewFrom('DM1', true, lost), 'FTA1A')).toBe('LT W');
    expect(shown(viewFrom('MASTER', true, lost), 'FTA1A')).toBe('L');
    expect(shown(viewFrom('FS1A', true, lost), 'FTA1A')).toBe('L');
    expect(shown(viewFrom('FS1A', true, lost), 'FS1A')).toBe('');
    expect(shown(viewFrom('FTA1A', true, lost), 'FTA1A')).toBe('');
  });

  it('shows nothing where the main link is gone', () => {
    const lost = [
      ['FTA1A', 'DM1'],
      ['DM1', 'FTA1A'],
    ] as const;
    expect(shown(viewFrom('DM1', true, lost), 'FTA1A')).toBe('');
    expect(shown(viewFrom('FTA1A', true, lost), 'DM1')).toBe('');
    expect(shown(viewFrom('MASTER', false, lost), 'FTA1A')).toBe('');
    // The secondary connection goes on; what is shown is that it has ended.
    expect(shown(viewFrom('FS1A', true, lost), 'FTA1A')).toBe('');
  });
});
