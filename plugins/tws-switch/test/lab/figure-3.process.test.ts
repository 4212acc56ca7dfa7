import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FIGURE_3, figure3, TwsLab } from './tws-lab.ts';

interface Cpus {
  readonly rows: readonly { readonly cpuId: string; readonly state: string }[];
}

const HOSTS = ['master', 'dm1', 'fsa', 'fs1a', 'ftaa', 'fta1a'];

/** The seed's table: link part of STATE, rows by workstation, columns as in HOSTS. */
const TRADITIONAL: Record<string, readonly string[]> = {
  MASTER: ['', 'LT W', 'LT W', 'L', 'LT W', ''],
  FSA: ['LT W', '', '', '', '', ''],
  FTAA: ['LT W', '', 'L', '', '', ''],
  DM1: ['LT W', '', 'L', 'LT W', '', 'LT W'],
  FS1A: ['L', 'LT W', 'L', '', '', ''],
  FTA1A: ['L', 'LT W', 'L', 'L', '', ''],
  'X-A': ['L', 'L', 'L', 'L', '', ''],
};
const ENHANCED: Record<string, readonly string[]> = {
  MASTER: ['F', 'FT W', 'FT W', 'F W', 'FT W', ''],
  FSA: ['FT W', '', 'F', '', '', ''],
  FTAA: ['FT W', '', 'F W', '', 'F', ''],
  DM1: ['FT W', 'F', 'F W', 'FT W', '', 'FT W'],
  FS1A: ['F', 'FT W', 'F', 'F', '', ''],
  FTA1A: ['F', 'FT W', 'F', 'F W', '', 'F'],
  'X-A': ['L', 'L', 'L', 'L', '', ''],
};

describe('showcpus in the network of Figure 3, on real hosts', () => {
  it.each([
    { mode: 'traditional', switchFaultTolerance: false, table: TRADITIONAL },
    { mode: 'enhanced', switchFaultTolerance: true, table: ENHANCED },
  ])('$mode: each of six hosts shows what the original shows', async (one) => {
    const plan = await readFile(FIGURE_3.replace('network.yaml', 'plan.yaml'), 'utf8');
    const { switchFaultTolerance } = one;
    const lab = await TwsLab.start({ topology: await figure3(), plan, switchFaultTolerance });
    try {
      await lab.until<Cpus>('master', ['showcpus', '@!@'], ({ rows }) =>
        rows.every(({ state }) => /^[FL]/.test(state)),
      );
      await lab.tws('master', 'jnextday');
      for (const [at, host] of HOSTS.entries()) {
        const expected = Object.entries(one.table).map(([ws, cells]) => [ws, cells[at] ?? '']);
        const shown = ({ rows }: Cpus) => rows.map(({ cpuId, state }) => [cpuId, linkPart(state)]);
        const cpus = await lab.until<Cpus>(host, ['showcpus', '@!@'], (answer) => {
          return JSON.stringify(shown(answer)) === JSON.stringify(expected);
        });
        expect(shown(cpus)).toEqual(expected);
      }
      const { findings } = await lab.tws<{ findings: unknown[] }>('master', 'doctor');
      expect(findings).toEqual([]);
    } finally {
      await lab.down();
    }
  });
});

/** Positions 1, 2 and 6 of STATE: `FTI JW` is `FT W`. */
function linkPart(state: string): string {
  const padded = state.padEnd(6);
  const writer = padded[5] === 'W' ? ' W' : '';
  return `${padded.slice(0, 2).trim()}${writer}`;
}
