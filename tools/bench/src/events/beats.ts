import { type BeatChannel, json, type Link } from '@ftctl/sdk';
import { type BeatDelays, quantile } from './shape.ts';

const INTERVAL_MS = 20;
/** When a beat was sent. Both processes are on one machine, so their clocks are one. */
const BEATS: BeatChannel<number> = { name: 'beats', codec: json('beat', (value) => Number(value)) };

const nowMs = () => performance.timeOrigin + performance.now();

export function sendBeats(link: Link): void {
  setInterval(() => link.beat(BEATS, { host: 'receiver' }, nowMs()), INTERVAL_MS).unref();
}

/** Measures beats as they come; each call of what it gives tells of those since the last call. */
export function timeBeats(link: Link): () => BeatDelays {
  let delaysMs: number[] = [];
  link.onBeat(BEATS, (sentMs) => delaysMs.push(nowMs() - sentMs));
  return () => {
    const sorted = delaysMs.sort((a, b) => a - b);
    delaysMs = [];
    return {
      beats: sorted.length,
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      maxMs: sorted.at(-1) ?? 0,
    };
  };
}
