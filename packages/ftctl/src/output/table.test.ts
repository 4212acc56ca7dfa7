import { describe, expect, it } from 'vitest';
import { renderTable } from './table.ts';
import { fitWidths } from './widths.ts';

describe('fitWidths', () => {
  it('leaves alone what fits', () => {
    expect(fitWidths([3, 10], 20)).toEqual([3, 10]);
  });

  it('takes from the widest columns first', () => {
    expect(fitWidths([5, 40, 30], 45)).toEqual([5, 20, 20]);
    expect(fitWidths([5, 60, 20], 65)).toEqual([5, 40, 20]);
  });

  it('goes no lower than a readable width', () => {
    expect(fitWidths([4, 50, 50], 10)).toEqual([4, 8, 8]);
  });
});

describe('renderTable', () => {
  const table = {
    columns: ['PLUGIN', 'STATE', 'REASON'],
    rows: [
      ['omnibus-probe-peer', 'degraded', 'the peer probe2 has not sent a beat for 12 seconds'],
      ['echo', 'ok', ''],
    ],
  };

  it('is as wide as its text when nobody limits it', () => {
    const lines = renderTable(table, { width: undefined }).split('\n');
    expect(lines).toEqual([
      'PLUGIN              STATE     REASON',
      'omnibus-probe-peer  degraded  the peer probe2 has not sent a beat for 12 seconds',
      'echo                ok',
    ]);
  });

  it.each([40, 60, 72])('fits %i columns and loses no word', (width) => {
    const text = renderTable(table, { width });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    for (const word of ['probe2', 'seconds', 'degraded']) expect(text).toContain(word);
  });

  it('keeps every character of a word that is too long', () => {
    const word = 'x'.repeat(50);
    const text = renderTable({ columns: ['A', 'B'], rows: [['one', word]] }, { width: 30 });
    expect(text.replace(/[^x]/g, '')).toBe(word);
  });
});
