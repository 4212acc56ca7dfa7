import { describe, expect, it } from 'vitest';
import { Cuts } from './cuts.ts';

describe('cuts', () => {
  it('are plain in both directions unless told', () => {
    const cuts = new Cuts();
    cuts.cut('a', 'b');
    expect([cuts.way('a', 'b'), cuts.way('b', 'a'), cuts.way('a', 'c')]).toEqual([
      'refused',
      'refused',
      'open',
    ]);
  });

  it('are always silent in one direction alone', () => {
    const cuts = new Cuts();
    cuts.cut('a', 'b', { oneWay: true });
    expect([cuts.way('a', 'b'), cuts.way('b', 'a')]).toEqual(['held', 'open']);
    cuts.cut('b', 'a', { oneWay: true });
    expect([cuts.way('a', 'b'), cuts.way('b', 'a')]).toEqual(['held', 'held']);
  });

  it('replace what was there', () => {
    const cuts = new Cuts();
    cuts.cut('a', 'b');
    cuts.cut('b', 'a', { silent: true });
    expect([cuts.way('a', 'b'), cuts.way('b', 'a')]).toEqual(['held', 'held']);
    cuts.cut('a', 'b');
    cuts.cut('a', 'b', { oneWay: true });
    expect([cuts.way('a', 'b'), cuts.way('b', 'a')]).toEqual(['held', 'open']);
  });

  it('are healed in both directions', () => {
    const cuts = new Cuts();
    cuts.cut('a', 'b', { silent: true });
    cuts.cut('a', 'c');
    cuts.heal('b', 'a');
    expect(cuts.list().map(({ from, to }) => `${from}-${to}`)).toEqual(['c-a', 'a-c']);
  });
});
