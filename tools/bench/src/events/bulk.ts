import { median } from '../statistics.ts';
import type { Pair } from './pair.ts';
import { gbPerS, type Moved, SHAPE } from './shape.ts';

export interface BulkFigures {
  readonly linkGbPerS: number;
  readonly rawGbPerS: number;
  /** The median of the rounds' ratios. */
  readonly ratio: number;
}

const ROUNDS = 7;
const FOR_MS = 1_000;

/** Blocks over the link and over a raw socket between the same processes, in turns. */
export async function measureBulk(
  pair: Pair,
  progress: (line: string) => void,
): Promise<BulkFigures> {
  const { blockBytes } = SHAPE;
  const port = await pair.orderReceiver<number>({ kind: 'raw-listen' });
  const rounds: { readonly link: number; readonly raw: number }[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const link = await pair.order<Moved>({ kind: 'blocks', blockBytes, forMs: FOR_MS });
    const raw = await pair.order<Moved>({ kind: 'raw-blocks', port, blockBytes, forMs: FOR_MS });
    rounds.push({ link: gbPerS(link), raw: gbPerS(raw) });
    progress(
      `blocks, round ${round} of ${ROUNDS}: link ${gbPerS(link).toFixed(2)} GB/s, TCP ${gbPerS(raw).toFixed(2)} GB/s`,
    );
  }
  return {
    linkGbPerS: median(rounds.map(({ link }) => link)),
    rawGbPerS: median(rounds.map(({ raw }) => raw)),
    ratio: median(rounds.map(({ link, raw }) => link / raw)),
  };
}
