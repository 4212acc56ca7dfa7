import { median } from '../statistics.ts';
import type { Pair } from './pair.ts';
import { gbPerS, type Moved, SHAPE } from './shape.ts';

/** Gigabytes a second, medians of the rounds, and medians of the rounds' ratios. */
export interface BulkFigures {
  readonly linkGbPerS: number;
  /** A raw socket whose receiver puts the same blocks together. */
  readonly rawGbPerS: number;
  readonly ratio: number;
  /** A raw socket whose receiver only counts bytes. */
  readonly rawCountingGbPerS: number;
  readonly ratioToCounting: number;
}

type Way = 'link' | 'whole' | 'count';

const ROUNDS = 7;
const FOR_MS = 1_000;

/** Blocks over the link and over raw sockets between the same processes, in turns. */
export async function measureBulk(
  name: string,
  pair: Pair,
  progress: (line: string) => void,
): Promise<BulkFigures> {
  const { blockBytes } = SHAPE;
  const port = await pair.orderReceiver<number>({ kind: 'raw-listen' });
  const send = (way: Way) =>
    way === 'link'
      ? pair.order<Moved>({ kind: 'blocks', blockBytes, forMs: FOR_MS })
      : pair.order<Moved>({ kind: 'raw-blocks', port, receiver: way, blockBytes, forMs: FOR_MS });
  const rounds: Readonly<Record<Way, number>>[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const rates = {
      link: gbPerS(await send('link')),
      whole: gbPerS(await send('whole')),
      count: gbPerS(await send('count')),
    };
    rounds.push(rates);
    const shown = Object.values(rates).map((rate) => rate.toFixed(2));
    progress(
      `blocks, ${name}, round ${round} of ${ROUNDS}: link ${shown[0]} GB/s, raw ${shown[1]}, counting ${shown[2]}`,
    );
  }
  const middle = (of: (rates: Readonly<Record<Way, number>>) => number) => median(rounds.map(of));
  return {
    linkGbPerS: middle(({ link }) => link),
    rawGbPerS: middle(({ whole }) => whole),
    ratio: middle(({ link, whole }) => link / whole),
    rawCountingGbPerS: middle(({ count }) => count),
    ratioToCounting: middle(({ link, count }) => link / count),
  };
}
