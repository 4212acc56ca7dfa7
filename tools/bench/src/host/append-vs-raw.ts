import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../statistics.ts';
import { SHAPE, type Side, type Written } from './append-shape.ts';

const ROUNDS = 5;
// Both are bundled into `dist`.
const writer = join(import.meta.dirname, 'host/append-writer.js');

export interface AppendFigures {
  /** Durable records a second of the store, of raw lmdb, and the median of the rounds' ratios. */
  readonly storePerS: number;
  readonly rawPerS: number;
  readonly ratio: number;
}

/** Both sides take turns, so that a slow moment of the disk meets both. */
export async function appendVsRaw(progress: (line: string) => void): Promise<AppendFigures> {
  const rates: Record<Side, number[]> = { store: [], raw: [] };
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const order: Side[] = round % 2 === 1 ? ['raw', 'store'] : ['store', 'raw'];
    for (const side of order) rates[side].push(await writersPerS(side));
    const [store, raw] = [rates.store.at(-1) as number, rates.raw.at(-1) as number];
    ratios.push(store / raw);
    progress(
      `appends, round ${round} of ${ROUNDS}: store ${Math.round(store)}/s, raw ${Math.round(raw)}/s`,
    );
  }
  return { storePerS: median(rates.store), rawPerS: median(rates.raw), ratio: median(ratios) };
}

/** Durable records a second over all writer processes. */
async function writersPerS(side: Side): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
  const writers = Array.from({ length: SHAPE.processes }, (_, index) =>
    fork(writer, [side, join(folder, String(index))], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );
  try {
    await Promise.all(writers.map(answer));
    for (const child of writers) child.send('go');
    const written = (await Promise.all(writers.map(answer))) as Written[];
    return written.reduce((sum, one) => sum + (one.records * 1_000) / one.elapsedMs, 0);
  } finally {
    for (const child of writers) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }

  async function answer(child: (typeof writers)[number]): Promise<unknown> {
    const died = once(child, 'exit').then(([code]) => {
      throw new Error(`a ${side} writer ended with code ${code} before it answered`);
    });
    const [message] = await Promise.race([once(child, 'message'), died]);
    return message;
  }
}
