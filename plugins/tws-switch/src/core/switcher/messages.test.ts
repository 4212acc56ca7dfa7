import { isFtError } from '@ftctl/sdk';
import { describe, expect, it } from 'vitest';
import { readSwitchMessage, type SwitchMessage } from './messages.ts';
import { MAX_VOTERS } from './voters.ts';

const claim: SwitchMessage = {
  kind: 'claim',
  domain: 'DM',
  epoch: { number: 3, owner: 'DM1' },
  voters: { version: { era: 0, n: 0 }, names: ['DM1', 'FS1', 'A1'] },
  life: 'x1',
  atMs: 12.5,
  claim: { number: 4, owner: 'FS1' },
  by: 'hand',
  release: { holder: 'DM1', life: 'y1', upToMs: 99 },
};

function problem(value: unknown): string {
  try {
    readSwitchMessage(value, 'FS1');
  } catch (error) {
    if (isFtError(error, 'FT_EPOCH_MESSAGE')) return error.message;
    throw error;
  }
  return 'none';
}

describe('readSwitchMessage', () => {
  it('reads what was written', () => {
    expect(readSwitchMessage(JSON.parse(JSON.stringify(claim)), 'FS1')).toEqual(claim);
  });

  it('names what is wrong, and in whose message', () => {
    const from = 'a message about the management of a domain from FS1 is not understood: ';
    expect(problem({ ...claim, claim: { number: -1, owner: 'FS1' } })).toContain(
      `${from}claim.number: `,
    );
    expect(problem({ ...claim, epoch: undefined })).toContain(`${from}epoch: `);
    expect(problem({ ...claim, atMs: Number.NaN })).toContain(`${from}atMs: `);
    expect(problem({ ...claim, kind: 'crown' })).toContain(`${from}kind: `);
    expect(problem('claim')).toContain(from);
    expect(problem(null)).toContain(from);
  });

  it('bounds lists, so that every message fits a datagram', () => {
    const name = 'é'.repeat(64);
    const names = Array.from({ length: MAX_VOTERS }, (_, at) => name.slice(1) + at);
    const voters = { version: { era: 9, n: 9 }, names, previous: names };
    const large = {
      ...claim,
      voters,
      epoch: { number: Number.MAX_SAFE_INTEGER, owner: name },
      claim: { number: Number.MAX_SAFE_INTEGER, owner: name },
      unfit: 'é'.repeat(256),
    };
    expect(problem(large)).toBe('none');
    expect(new TextEncoder().encode(JSON.stringify(large)).length).toBeLessThan(16_384);
    expect(problem({ ...large, voters: { ...voters, names: [...names, 'one more'] } })).toContain(
      'voters.names',
    );
    expect(problem({ ...large, unfit: 'é'.repeat(257) })).toContain('unfit');
  });
});
