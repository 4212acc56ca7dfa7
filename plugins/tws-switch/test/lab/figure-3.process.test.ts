import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ENHANCED_TABLE, FIGURE_3_HOSTS, TRADITIONAL_TABLE } from '../figure-3-table.ts';
import { FIGURE_3, figure3, TwsLab } from './tws-lab.ts';

interface Cpus {
  readonly rows: readonly { readonly cpuId: string; readonly state: string }[];
}

describe('showcpus in the network of Figure 3, on real hosts', () => {
  it.each([
    { mode: 'traditional', switchFaultTolerance: false, table: TRADITIONAL_TABLE },
    { mode: 'enhanced', switchFaultTolerance: true, table: ENHANCED_TABLE },
  ])('$mode: each of six hosts shows what the original shows', async (one) => {
    const plan = await readFile(FIGURE_3.replace('network.yaml', 'plan.yaml'), 'utf8');
    const { switchFaultTolerance } = one;
    const lab = await TwsLab.start({ topology: await figure3(), plan, switchFaultTolerance });
    try {
      await lab.until<Cpus>(
        'master',
        { command: 'showcpus', args: { selection: '@!@' } },
        ({ rows }) => rows.every(({ state }) => /^[FL]/.test(state)),
      );
      await lab.tws('master', 'jnextday');
      for (const [at, host] of FIGURE_3_HOSTS.map((name) => name.toLowerCase()).entries()) {
        const expected = Object.entries(one.table).map(([ws, cells]) => [ws, cells[at] ?? '']);
        const shown = ({ rows }: Cpus) => rows.map(({ cpuId, state }) => [cpuId, linkPart(state)]);
        const cpus = await lab.until<Cpus>(
          host,
          { command: 'showcpus', args: { selection: '@!@' } },
          (answer) => {
            return JSON.stringify(shown(answer)) === JSON.stringify(expected);
          },
        );
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
